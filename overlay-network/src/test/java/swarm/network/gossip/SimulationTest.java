package swarm.network.gossip;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The machine under loss, pauses and partitions, in simulated time.
class SimulationTest {
  private static final long WARM_UP = 3_000;

  @ParameterizedTest
  @CsvSource({"2, 0.1", "3, 0.1", "5, 0.1", "13, 0.1", "50, 0.1", "5, 0.2", "20, 0.2"})
  void lossMakesNobodyLookDead(int members, double loss) {
    for (long seed = 0; seed < 3; seed++) {
      var sim = new SimGossip(seed, members, loss);
      for (int i = 0; i < 600; i++) {
        sim.run(100);
        assertThat(sim.deaths()).as("seed %d, %d ms", seed, sim.now).isEmpty();
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 5, 20})
  void pausesOfThreeHundredMillisecondsAndLossMakeNobodyLookDead(int members) {
    for (long seed = 0; seed < 3; seed++) {
      var sim = new SimGossip(seed, members, 0.1);
      var dice = new Random(seed);
      sim.run(WARM_UP);
      for (int i = 0; i < 120; i++) {
        var all = new ArrayList<>(sim.hosts.values());
        all.get(dice.nextInt(all.size())).pausedUntil = sim.now + 300;
        for (int j = 0; j < 8; j++) {
          sim.run(100);
          assertThat(sim.deaths()).as("seed %d, %d ms", seed, sim.now).isEmpty();
        }
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "2, 0, 900, 1000",
    "3, 0, 800, 1000",
    "5, 0, 800, 1000",
    "20, 0, 900, 1200",
    "50, 0, 900, 1200",
    "5, 0.1, 900, 1600",
    "20, 0.1, 900, 1600"
  })
  void aDeadMemberIsFound(int members, double loss, long median, long worst) {
    int tries = 30;
    long[] took = new long[tries];
    for (int i = 0; i < tries; i++) {
      var sim = new SimGossip(i, members, loss);
      sim.run(WARM_UP + 17L * i);
      sim.host("m01").cut = true;
      took[i] = sim.until(10_000, s -> s.agree("m01", Standing.DEAD));
    }
    Arrays.sort(took);
    assertThat(took[tries / 2]).isLessThanOrEqualTo(median);
    assertThat(took[tries - 1]).isLessThanOrEqualTo(worst);
  }

  @ParameterizedTest
  @ValueSource(ints = {5, 12})
  void twoHalvesFindEachOtherAgain(int members) {
    var sim = new SimGossip(7, members, 0.05);
    sim.run(WARM_UP);
    List<SimGossip.Host> all = new ArrayList<>(sim.hosts.values());
    all.subList(0, members / 2).forEach(host -> host.group = 1);
    sim.until(5_000, s -> s.deaths().size() == 2 * (members / 2) * (members - members / 2));
    sim.run(30_000);
    all.forEach(host -> host.group = 0);
    sim.until(15_000, SimGossip::allAlive);
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 12})
  void whoStartsAgainIsAliveAgain(int members) {
    var sim = new SimGossip(8, members, 0.1);
    sim.run(WARM_UP);
    SimGossip.Host host = sim.host("m02");
    host.down = true;
    sim.until(5_000, s -> s.agree("m02", Standing.DEAD));
    sim.run(20_000);
    sim.restart(host);
    sim.until(5_000, SimGossip::allAlive);
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 12})
  void whoSaysGoodbyeHasLeft(int members) {
    var sim = new SimGossip(9, members, 0.1);
    sim.run(WARM_UP);
    SimGossip.Host host = sim.host("m02");
    sim.send(host, host.swim.leave());
    host.down = true;
    sim.until(3_000, s -> s.agree("m02", Standing.LEFT));
    sim.run(10_000);
    assertThat(sim.agree("m02", Standing.LEFT)).isTrue();
    sim.restart(host);
    sim.until(5_000, SimGossip::allAlive);
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 50})
  void whatItCostsIsBounded(int members) {
    var sim = new SimGossip(10, members, 0);
    sim.run(WARM_UP);
    long before = sim.sent;
    sim.run(10_000);
    double perSecond = (sim.sent - before) / 10.0 / members;
    assertThat(perSecond).as("packets a second of each member").isLessThan(30);
  }
}
