package io.understudy.stream;

class InProcessTransportTest extends ChangeTransportContract {
    @Override
    ChangeTransport transport(long capacityBytes) {
        return new InProcessTransport(capacityBytes);
    }
}
