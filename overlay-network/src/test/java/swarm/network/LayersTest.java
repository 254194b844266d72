package swarm.network;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/// Who may know whom within this module.
class LayersTest {
  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("swarm.network");

  @Test
  void lowerPackagesDoNotKnowHigherOnes() {
    noClasses()
        .that()
        .resideInAPackage("swarm.network.netlink")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "swarm.network",
            "swarm.network.nft",
            "swarm.network.vxlan",
            "swarm.network.bridge",
            "swarm.network.ingress")
        .because("the kernel's messages have no policy in them")
        .check(CLASSES);
    noClasses()
        .that()
        .resideInAnyPackage("swarm.network.nft", "swarm.network.vxlan")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "swarm.network.bridge",
            "swarm.network.ingress",
            "swarm.network.overlay",
            "swarm.network.vip")
        .because("rule sets and tunnels do not know what they are for")
        .check(CLASSES);
    noClasses()
        .that()
        .resideInAPackage("swarm.network.bridge")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "swarm.network.ingress",
            "swarm.network.vxlan",
            "swarm.network.overlay",
            "swarm.network.vip")
        .because("a single node needs no mesh")
        .check(CLASSES);
    noClasses()
        .that()
        .resideInAnyPackage(
            "swarm.network.nft",
            "swarm.network.vxlan",
            "swarm.network.bridge",
            "swarm.network.ingress",
            "swarm.network.overlay",
            "swarm.network.vip",
            "swarm.network.dns")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("swarm.network.firewall")
        .because("our own rules are the same whatever others have")
        .check(CLASSES);
    noClasses()
        .that()
        .resideInAPackage("swarm.network.firewall")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "swarm.network.vxlan",
            "swarm.network.ingress",
            "swarm.network.overlay",
            "swarm.network.vip",
            "swarm.network.dns",
            "swarm.network.gossip")
        .because("it goes by the links that there are")
        .check(CLASSES);
    noClasses()
        .that()
        .resideInAPackage("swarm.network.overlay")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("swarm.network.ingress", "swarm.network.vip", "swarm.network.dns")
        .because("a network carries frames, whatever they are for")
        .check(CLASSES);
    noClasses()
        .that()
        .resideInAPackage("swarm.network.vip")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "swarm.network.ingress",
            "swarm.network.overlay",
            "swarm.network.vxlan",
            "swarm.network.bridge",
            "swarm.network.dns")
        .because("another way to balance may stand behind the same interface")
        .check(CLASSES);
    noClasses()
        .that()
        .resideInAPackage("swarm.network.dns")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("swarm.network.vxlan", "swarm.network.bridge", "swarm.network.ingress")
        .because("names are the same on every kind of network")
        .check(CLASSES);
    noClasses()
        .that()
        .resideInAPackage("swarm.network.gossip")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "swarm.network",
            "swarm.network.netlink",
            "swarm.network.nft",
            "swarm.network.vxlan",
            "swarm.network.bridge",
            "swarm.network.ingress",
            "swarm.linux..")
        .because("opinions about members have nothing to do with this host's networks")
        .check(CLASSES);
    noClasses()
        .that()
        .resideInAPackage("swarm.network.balance")
        .should()
        .dependOnClassesThat(
            resideInAPackage("swarm..").and(resideOutsideOfPackage("swarm.network.balance")))
        .because("who gets calls is decided alike for ports, virtual addresses and names")
        .check(CLASSES);
  }

  @Test
  void plannersTouchNothing() {
    noClasses()
        .that()
        .haveSimpleNameEndingWith("Planner")
        .or()
        .haveSimpleNameEndingWith("Rules")
        .or()
        .haveSimpleName("TaskNetwork")
        .or()
        .haveSimpleName("NftText")
        .or()
        .haveSimpleName("NftEncoder")
        .or()
        .haveSimpleName("Publications")
        .or()
        .haveSimpleName("Judge")
        .or()
        .haveSimpleName("Facts")
        .or()
        .haveSimpleName("Surroundings")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("java.nio.file..", "swarm.linux..")
        .because("plans are tested without a kernel")
        .check(CLASSES);
  }

  @Test
  void messagesAndAnswersOfTheNameServerArePure() {
    noClasses()
        .that()
        .haveNameMatching("swarm\\.network\\.dns\\.Dns(Message|Name|Zone|Rules).*")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("java.nio.channels..", "java.nio.file..", "swarm.linux..")
        .because("they are tested without sockets")
        .check(CLASSES);
  }

  @Test
  void theFailureDetectorIsAPureMachine() {
    noClasses()
        .that()
        .resideInAPackage("swarm.network.gossip")
        .and()
        .haveSimpleNameNotStartingWith("Gossip")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("java.nio.channels..", "java.nio.file..", "java.time..")
        .because("a simulator drives it: sockets and clocks are the edge's")
        .check(CLASSES);
  }
}
