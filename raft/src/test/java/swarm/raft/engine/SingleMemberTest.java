package swarm.raft.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import swarm.raft.log.ProposeResult;
import swarm.raft.log.Start;

class SingleMemberTest {
  @TempDir Path root;

  @Test
  void smoke() throws Exception {
    for (int i = 0; i < 3; i++) {
      long t0 = System.nanoTime();
      try (Cluster cluster = new Cluster(root.resolve("x" + i))) {
        Cluster.Running one = cluster.open("a", new Start.Bootstrap());
        long t1 = System.nanoTime();
        Await.until("ready", one::ready);
        long t2 = System.nanoTime();
        assertThat(one.propose("x")).isInstanceOf(ProposeResult.Committed.class);
        System.out.println(
            "open "
                + (t1 - t0) / 1000
                + " ready "
                + (t2 - t0) / 1000
                + " commit "
                + (System.nanoTime() - t2) / 1000);
        long t3 = System.nanoTime();
        for (int k = 0; k < 200; k++) one.propose("y" + k);
        System.out.println("200 sequential " + (System.nanoTime() - t3) / 1000);
        System.out.println(one.barrier());
        t3 = System.nanoTime();
        cluster.join("b");
        System.out.println("join b " + (System.nanoTime() - t3) / 1000);
        t3 = System.nanoTime();
        Cluster.Running c = cluster.join("c");
        System.out.println("join c " + (System.nanoTime() - t3) / 1000);
        t3 = System.nanoTime();
        for (int k = 0; k < 200; k++) one.propose("z" + k);
        System.out.println("200 sequential on 3: " + (System.nanoTime() - t3) / 1000);
        cluster.awaitEqual();
        System.out.println(c.barrier());
        t3 = System.nanoTime();
      }
      System.out.println("close ");
    }
  }
}
