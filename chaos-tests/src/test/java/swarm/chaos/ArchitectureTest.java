package swarm.chaos;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

class ArchitectureTest {
  private static final JavaClasses MAIN =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("swarm.chaos");

  private static final JavaClasses ALL = new ClassFileImporter().importPackages("swarm.chaos");

  @Test
  void theProgramIsSeenFromOutside() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "swarm.raft..",
            "swarm.scheduler..",
            "swarm.network..",
            "swarm.runtime..",
            "swarm.node..",
            "swarm.cli..")
        .because("what is tested is the distribution that users get, through what they can reach")
        .check(ALL);
  }

  @Test
  void whatShipsKnowsNoTestLibrary() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("org.junit..", "org.assertj..", "com.atlassian..")
        .because("the playground is part of the distribution, which has no such jar")
        .check(MAIN);
  }

  @Test
  void theClientKnowsNoHosts() {
    noClasses()
        .that()
        .resideInAPackage("swarm.chaos.client")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("swarm.chaos.cluster", "swarm.chaos.bench")
        .because("it speaks the Docker Engine API, to whichever daemon answers it")
        .check(MAIN);
  }

  @Test
  void hostsKnowNoMeasurement() {
    noClasses()
        .that()
        .resideInAPackage("swarm.chaos.cluster")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("swarm.chaos.bench")
        .because("hosts are made for users and tests that measure nothing")
        .check(MAIN);
  }

  @Test
  void checksArePure() {
    noClasses()
        .that()
        .resideInAPackage("swarm.chaos.check")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "swarm.chaos.bench",
            "swarm.chaos.client",
            "swarm.chaos.cluster",
            "swarm.chaos.fault",
            "swarm.chaos.workload",
            "java.io..",
            "java.nio..")
        .because("a verdict follows from the history alone")
        .check(MAIN);
  }

  @Test
  void theWorkloadKnowsNoHosts() {
    noClasses()
        .that()
        .resideInAPackage("swarm.chaos.workload")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("swarm.chaos.bench", "swarm.chaos.cluster", "swarm.chaos.fault")
        .because("what happens to the hosts meanwhile is the test's to choose")
        .check(MAIN);
  }

  @Test
  void onlyTheClientConnects() {
    noClasses()
        .that()
        .resideOutsideOfPackage("swarm.chaos.client")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("java.nio.channels..", "java.net.http..")
        .because("every call to a daemon has a limit, which only the client knows how to keep")
        .check(MAIN);
  }

  @Test
  void onlyTheBindingsCallTheKernel() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAPackage("java.lang.foreign..")
        .because("namespaces and mounts are swarm.linux's, on threads that are thrown away")
        .check(ALL);
  }
}
