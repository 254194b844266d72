package swarm.node;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.List;
import org.junit.jupiter.api.Test;
import swarm.linux.FileNames;
import swarm.node.agent.NodeNetwork;
import swarm.node.networks.LocalNetworks;
import swarm.node.rpc.EventLoops;
import swarm.raft.log.ReplicatedLog;
import swarm.runtime.container.ContainerEngine;
import swarm.runtime.image.ImageStore;
import swarm.runtime.volume.VolumeStore;

/// Which room may know which. The rooms' `package-info.java` say the same in words.
class ArchitectureTest {
  private static final JavaClasses NODE =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("swarm.node");

  private static final String[] PLANNERS = {
    "swarm.scheduler.plan",
    "swarm.scheduler.place",
    "swarm.scheduler.allocate",
    "swarm.scheduler.orchestrate",
    "swarm.scheduler.turn"
  };

  /// Of this program's own packages, only these.
  private static void knowsOnly(String room, String because, String... others) {
    noClasses()
        .that()
        .resideInAPackage("swarm.node." + room)
        .should()
        .dependOnClassesThat(
            resideInAPackage("swarm..")
                .and(JavaClass.Predicates.resideOutsideOfPackage("swarm.node." + room))
                .and(JavaClass.Predicates.resideOutsideOfPackages(others)))
        .because(because)
        .check(NODE);
  }

  private static void knowsNot(String room, String because, String... others) {
    noClasses()
        .that()
        .resideInAPackage("swarm.node." + room)
        .should()
        .dependOnClassesThat(resideInAnyPackage(others).and(not(type(FileNames.class)))) // pure
        .because(because)
        .check(NODE);
  }

  // ---- room by room

  @Test
  void identityKnowsNeitherTheClusterNorHttp() {
    knowsNot(
        "identity",
        "who a node is must be decided the same whatever runs on it",
        "swarm.node.api..",
        "swarm.node.rpc",
        "swarm.node.control",
        "swarm.node.dispatch",
        "swarm.node.agent",
        "swarm.node.membership",
        "swarm.scheduler.model",
        "swarm.scheduler.state",
        "swarm.raft..",
        "swarm.runtime..",
        "swarm.network..");
  }

  @Test
  void networksKnowNeitherTheClusterNorHttp() {
    knowsNot(
        "networks",
        "a host's own networks are the same whatever cluster it is in",
        "swarm.node.overlay",
        "swarm.node.api..",
        "swarm.node.rpc",
        "swarm.node.control",
        "swarm.node.dispatch",
        "swarm.node.agent",
        "swarm.node.membership",
        "swarm.scheduler.state",
        "swarm.raft..",
        "swarm.runtime..");
  }

  @Test
  void theClustersNetworksKnowWhatManagersSayAndNoMore() {
    knowsNot(
        "overlay",
        "who runs containers, and who decides, is another's",
        "swarm.node.api..",
        "swarm.node.control",
        "swarm.node.dispatch",
        "swarm.node.agent",
        "swarm.node.membership",
        "swarm.scheduler.state",
        "swarm.raft..",
        "swarm.runtime..");
  }

  @Test
  void rpcDoesNotKnowWhatACallDoes() {
    knowsNot(
        "rpc",
        "handlers are given to the cluster port: who may call is decided apart from what happens",
        "swarm.node.api..",
        "swarm.node.control",
        "swarm.node.dispatch",
        "swarm.node.agent",
        "swarm.node.membership",
        "swarm.raft.engine",
        "swarm.raft.log",
        "swarm.runtime..",
        "swarm.network..");
  }

  @Test
  void theAgentDoesWhatItIsToldAndKnowsNoManager() {
    knowsNot(
        "agent",
        "a node without a manager runs the same agent; it learns everything through its session",
        "swarm.node.api..",
        "swarm.node.control",
        "swarm.node.dispatch",
        "swarm.node.membership",
        "swarm.raft..");
    knowsNot("agent", "managers decide, agents do", PLANNERS);
    noClasses()
        .that()
        .resideInAPackage("swarm.node.agent")
        .should()
        .dependOnClassesThat()
        .haveFullyQualifiedName("swarm.scheduler.state.ClusterState")
        .because("a worker sees only what its own tasks need, never the cluster's state")
        .check(NODE);
  }

  @Test
  void theApiAsksAndDoesNotDo() {
    for (String room : List.of("api", "api.check", "api.filter", "api.view", "api.error")) {
      knowsNot(
          room,
          "routes validate and translate; replicating, planning and running are asked of others",
          "swarm.raft.engine",
          "swarm.raft.transport",
          "swarm.raft.seal",
          "swarm.scheduler.allocate",
          "swarm.scheduler.orchestrate",
          "swarm.scheduler.turn",
          "swarm.network..",
          "swarm.linux..",
          "io.grpc..",
          "io.netty..");
    }
  }

  @Test
  void httpKnowsNoRoute() {
    noClasses()
        .that()
        .resideInAPackage("swarm.node.api.http")
        .should()
        .dependOnClassesThat(
            resideInAPackage("swarm..")
                .and(JavaClass.Predicates.resideOutsideOfPackage("swarm.node.api.http"))
                .and(JavaClass.Predicates.resideOutsideOfPackage("swarm.linux"))
                .and(
                    JavaClass.Predicates.equivalentTo(EventLoops.class)
                        .negate()
                        .as("are not EventLoops")))
        .because(
            "bytes, back-pressure and closed connections are one concern, Docker's API another")
        .check(NODE);
  }

  @Test
  void aRefusalKnowsNobodyWhoRefuses() {
    knowsOnly("api.error", "whoever refuses throws it: it must not lead from one room to another");
  }

  @Test
  void checksKnowOnlyWhatWasSent() {
    knowsOnly(
        "api.check",
        "a spec is good or bad by itself, on every manager alike and before anybody is asked",
        "swarm.node.api.error",
        "swarm.scheduler.model",
        "swarm.scheduler.place", // the grammar of constraints
        "swarm.node.agent", // the grammar of mounts, which agents read again
        "swarm.node.template", // likewise
        "swarm.template",
        "swarm.runtime.image",
        "swarm.runtime.json", // the types of fields
        "swarm.runtime.logs", // the options of log drivers
        "swarm.runtime.oci");
  }

  @Test
  void templatesKnowOnlyWhatTheySpeakOf() {
    knowsOnly(
        "template",
        "a template becomes the same where it is checked and where its task runs",
        "swarm.scheduler.model",
        "swarm.template");
  }

  @Test
  void filtersKnowOnlyWhatTheyLetThrough() {
    knowsOnly(
        "api.filter",
        "a filter is given its list and told what it must look up: tables of objects test it",
        "swarm.node.api.error",
        "swarm.node.api.view", // users filter by what they see
        "swarm.node.agent",
        "swarm.node.networks",
        "swarm.scheduler.model",
        "swarm.runtime.container",
        "swarm.runtime.image",
        "swarm.runtime.volume");
    asksNoKeeper("api.filter", "what must be looked up is asked through ContainerFilter.Known");
  }

  @Test
  void viewsKnowOnlyWhatTheyShow() {
    knowsOnly(
        "api.view",
        "an object looks the same in a list and alone, whoever asks",
        "swarm.runtime.exec",
        "swarm.runtime.health",
        "swarm.runtime.logs",
        "swarm.runtime.stdio",
        "swarm.node.agent",
        "swarm.node.networks",
        "swarm.node.identity",
        "swarm.scheduler.model",
        "swarm.scheduler.state",
        "swarm.raft.log",
        "swarm.runtime.container",
        "swarm.runtime.image",
        "swarm.runtime.oci",
        "swarm.runtime.volume");
    asksNoKeeper("api.view", "the caller has what is shown in hand: showing it reads no disk");
  }

  private static void asksNoKeeper(String room, String because) {
    noClasses()
        .that()
        .resideInAPackage("swarm.node." + room)
        .should()
        .dependOnClassesThat(
            assignableTo(ContainerEngine.class)
                .or(assignableTo(VolumeStore.class))
                .or(assignableTo(ImageStore.class))
                .or(assignableTo(NodeNetwork.class))
                .or(assignableTo(LocalNetworks.class))
                .or(assignableTo(ReplicatedLog.class)))
        .because(because)
        .check(NODE);
  }

  @Test
  void controlKnowsNeitherHttpNorContainers() {
    knowsNot(
        "control",
        "a manager decides about nodes that it only hears of, its own included",
        "swarm.node.api..",
        "swarm.node.agent",
        "swarm.node.membership",
        "swarm.runtime..",
        "swarm.network..",
        "swarm.linux..");
  }

  @Test
  void dispatchKnowsStateAndSessions() {
    knowsNot(
        "dispatch",
        "any manager serves agents from the state that it has applied, leader or not",
        "swarm.node.api..",
        "swarm.node.agent",
        "swarm.node.membership",
        "swarm.raft..",
        "swarm.runtime..",
        "swarm.network..");
    knowsNot("dispatch", "planners run in control, on the leader only", PLANNERS);
  }

  @Test
  void membershipKnowsNoHttp() {
    knowsNot("membership", "a node joins the same way whoever asks for it", "swarm.node.api..");
  }

  // ---- the module

  @Test
  void onlyTheAssemblyKnowsTheAssembly() {
    noClasses()
        .that()
        .resideOutsideOfPackage("swarm.node")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("swarm.node")
        .because("parts are made with what they need, in one place")
        .check(NODE);
  }

  @Test
  void roomsDoNotGoRoundInCircles() {
    slices()
        .matching("swarm.node.(*)..")
        .should()
        .beFreeOfCycles()
        .ignoreDependency(
            resideInAPackage("swarm.node.control"), resideInAPackage("swarm.node.dispatch"))
        .because("data flows one way round; only control.Manager, which assembles, looks back")
        .check(NODE);
  }

  @Test
  void theRoomsOfTheApiDoNotGoRoundInCircles() {
    slices()
        .matching("swarm.node.(**)")
        .should()
        .beFreeOfCycles()
        .ignoreDependency(
            resideInAPackage("swarm.node.control"), resideInAPackage("swarm.node.dispatch"))
        .because("routes know checks, filters and views, none of which knows a route")
        .check(NODE);
  }

  @Test
  void oneRoomForEachLibrary() {
    onlyIn("swarm.node.api.http", "what HTTP looks like on the wire", "io.netty.handler.codec..");
    onlyIn("swarm.node.identity", "certificates are written and read", "org.bouncycastle..");
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAPackage("org.apache.ratis..")
        .because("the library behind the log must be replaceable without touching its users")
        .check(NODE);
  }

  private static void onlyIn(String room, String what, String library) {
    noClasses()
        .that()
        .resideOutsideOfPackage(room)
        .should()
        .dependOnClassesThat()
        .resideInAPackage(library)
        .because("only " + room + " decides " + what)
        .check(NODE);
  }

  @Test
  void noCommandLine() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("picocli..", "swarm.cli..", "swarm.chaos..")
        .orShould()
        .callMethod(System.class, "exit", int.class)
        .because("the node is started in tests and simulators too: its starter parses and exits")
        .check(NODE);
  }

  @Test
  void noOrderThatChangesPerRun() {
    noClasses()
        .that()
        .resideInAnyPackage("swarm.node.control", "swarm.node.dispatch")
        .should()
        .callMethod(java.util.Set.class, "copyOf", java.util.Collection.class)
        .orShould()
        .callMethod(java.util.Map.class, "copyOf", java.util.Map.class)
        .because("Set.copyOf and Map.copyOf iterate differently in each JVM")
        .check(NODE);
  }

  @Test
  void noProcesses() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .haveFullyQualifiedName("java.lang.ProcessBuilder")
        .orShould()
        .dependOnClassesThat()
        .resideInAPackage("java.lang.foreign..")
        .because("runtime and overlay-network touch the kernel, the node only asks them")
        .check(NODE);
  }
}
