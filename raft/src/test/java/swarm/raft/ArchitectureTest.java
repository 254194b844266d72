package swarm.raft;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

class ArchitectureTest {
  private static final JavaClasses RAFT =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("swarm.raft");

  @Test
  void ratisStaysInItsRoom() {
    noClasses()
        .that()
        .resideOutsideOfPackage("swarm.raft.engine")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("org.apache.ratis..")
        .because("the library behind the log must be replaceable without touching its users")
        .check(RAFT);
  }

  @Test
  void theContractKnowsNoImplementation() {
    noClasses()
        .that()
        .resideInAPackage("swarm.raft.log")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("swarm.raft.engine", "swarm.raft.transport", "swarm.raft.seal")
        .because("the contract must be implementable in memory, for tests and the simulator")
        .check(RAFT);
  }

  @Test
  void portsKnowNobody() {
    noClasses()
        .that()
        .resideInAnyPackage("swarm.raft.transport", "swarm.raft.seal")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("swarm.raft.engine", "swarm.raft.log")
        .because("transport and seal carry and hide bytes, whatever they mean")
        .check(RAFT);
  }

  @Test
  void noSiblings() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "swarm.scheduler..",
            "swarm.overlay..",
            "swarm.runtime..",
            "swarm.node..",
            "swarm.cli..")
        .because("raft is a leaf: swarm-node joins the leaves")
        .check(RAFT);
  }

  @Test
  void noSockets() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .haveFullyQualifiedName("java.net.Socket")
        .orShould()
        .dependOnClassesThat()
        .resideInAnyPackage("java.net.http..", "io.netty..", "io.grpc..")
        .because("messages travel through RaftTransport, over the cluster's one mTLS port")
        .check(RAFT);
  }
}
