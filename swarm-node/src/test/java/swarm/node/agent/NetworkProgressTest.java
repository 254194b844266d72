package swarm.node.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class NetworkProgressTest {
  private final AtomicLong ports = new AtomicLong();
  private final AtomicLong addresses = new AtomicLong();
  private final NetworkProgress progress = new NetworkProgress(ports::get, addresses::get);

  @Test
  void whatOneWasToldNothingOfHasNotChangedForIt() {
    assertThat(progress.index()).isZero();
    progress.toldPorts(7);
    assertThat(progress.index()).isZero();
    ports.set(7);
    assertThat(progress.index()).isEqualTo(7);
  }

  @Test
  void theSlowerOneCounts() {
    progress.toldPorts(7);
    progress.toldAddresses(9);
    addresses.set(9);
    assertThat(progress.index()).isZero();
    ports.set(7);
    assertThat(progress.index()).isEqualTo(9);
    progress.toldAddresses(12);
    assertThat(progress.index()).isEqualTo(9);
  }
}
