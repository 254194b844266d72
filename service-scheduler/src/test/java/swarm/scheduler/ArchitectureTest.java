package swarm.scheduler;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.time.Clock;
import java.time.Instant;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class ArchitectureTest {
  private static final JavaClasses SCHEDULER =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("swarm.scheduler");

  @Test
  void noClock() {
    noClasses()
        .should()
        .callMethod(Instant.class, "now")
        .orShould()
        .callMethod(Clock.class, "instant")
        .orShould()
        .callMethod(System.class, "currentTimeMillis")
        .orShould()
        .callMethod(System.class, "nanoTime")
        .because("time is in the commands and in the turn: every manager must get the same state")
        .check(SCHEDULER);
  }

  @Test
  void noDice() {
    noClasses()
        .should()
        .callMethod(UUID.class, "randomUUID")
        .orShould()
        .callMethod(Math.class, "random")
        .orShould()
        .dependOnClassesThat(
            resideInAnyPackage("java.util.random..", "java.security..")
                .or(
                    com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo(
                        java.util.Random.class)))
        .because("identifiers come through Ids: a simulated history must play again as it was")
        .check(SCHEDULER);
  }

  @Test
  void noWorld() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("java.net..", "java.nio.file..", "java.util.concurrent..")
        .orShould()
        .dependOnClassesThat()
        .areAssignableTo(Thread.class)
        .orShould()
        .dependOnClassesThat()
        .areAssignableTo(java.io.File.class)
        .because("the same planners must run under the simulator's clock, disk and network")
        .check(SCHEDULER);
  }

  @Test
  void noOrderThatChangesPerRun() {
    noClasses()
        .should()
        .callMethod(java.util.Set.class, "copyOf", java.util.Collection.class)
        .orShould()
        .callMethod(java.util.Map.class, "copyOf", java.util.Map.class)
        .because("Set.copyOf and Map.copyOf iterate differently in each JVM")
        .check(SCHEDULER);
  }

  @Test
  void dataFlowsOneWay() {
    knowsNot("model", "state", "plan", "place", "allocate", "orchestrate", "turn");
    knowsNot("state", "plan", "place", "allocate", "orchestrate", "turn");
    knowsNot("plan", "place", "allocate", "orchestrate", "turn");
    knowsNot("place", "allocate", "orchestrate", "turn");
    knowsNot("allocate", "place", "orchestrate", "turn");
    knowsNot("orchestrate", "allocate", "turn");
  }

  private static void knowsNot(String room, String... others) {
    noClasses()
        .that()
        .resideInAPackage("swarm.scheduler." + room)
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            java.util.Arrays.stream(others).map(o -> "swarm.scheduler." + o).toArray(String[]::new))
        .because("specs become tasks, tasks get addresses, then nodes: nothing flows back")
        .check(SCHEDULER);
  }

  @Test
  void noSiblings() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "swarm.raft..",
            "swarm.network..",
            "swarm.linux..",
            "swarm.runtime..",
            "swarm.node..",
            "swarm.cli..")
        .because("the scheduler is a leaf: swarm-node joins the leaves")
        .check(SCHEDULER);
  }
}
