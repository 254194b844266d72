package swarm.runtime;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.equivalentTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.net.URI;
import org.junit.jupiter.api.Test;

class ArchitectureTest {
  private static final JavaClasses RUNTIME =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("swarm.runtime", "swarm.linux");

  @Test
  void noSiblings() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "swarm.raft..",
            "swarm.scheduler..",
            "swarm.network..",
            "swarm.node..",
            "swarm.chaos..",
            "swarm.cli..")
        .because("runtime is a leaf that knows neither tasks nor clusters: swarm-node joins them")
        .check(RUNTIME);
  }

  @Test
  void theKernelsBindingsKnowNoContainer() {
    noClasses()
        .that()
        .resideInAPackage("swarm.linux")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("swarm.runtime..")
        .because("overlay-network and chaos-tests use them without an engine")
        .check(RUNTIME);
  }

  @Test
  void onlyTheBindingsCallTheKernel() {
    noClasses()
        .that()
        .resideOutsideOfPackage("swarm.linux")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("java.lang.foreign..")
        .because("a wrong layout or size is memory broken: it is looked for in one place")
        .check(RUNTIME);
  }

  @Test
  void onlyImagesSpeakToRegistriesAndOneDriverToLogServers() {
    noClasses()
        .that()
        .resideOutsideOfPackages(
            "swarm.runtime.image", "swarm.runtime.volume", "swarm.runtime.syslog")
        .should()
        .dependOnClassesThat(resideInAPackage("java.net..").and(not(equivalentTo(URI.class))))
        .because(
            "nothing else of an engine leaves the host, so that it works without a network; a volume"
                + " on another host's disk is asked for by that host's name")
        .check(RUNTIME);
  }

  @Test
  void onlyImagesAreUnpacked() {
    noClasses()
        .that()
        .resideOutsideOfPackages("swarm.runtime.image", "swarm.runtime.archive")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("org.apache.commons.compress..", "com.github.luben.zstd..")
        .because("archives come from strangers: what guards against them is in these rooms")
        .check(RUNTIME);
  }

  @Test
  void nobodyServes() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("io.netty..", "io.grpc..")
        .because("who asks the engine, and how, is swarm-node's")
        .check(RUNTIME);
  }

  @Test
  void partsKnowNoContainers() {
    noClasses()
        .that()
        .resideOutsideOfPackages("swarm.runtime.container", "swarm.runtime.build")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("swarm.runtime.container")
        .because("a container's life is put together from parts that are tested without one")
        .check(RUNTIME);
  }

  @Test
  void nobodyKnowsWhatIsBuilt() {
    noClasses()
        .that()
        .resideOutsideOfPackage("swarm.runtime.build")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("swarm.runtime.build")
        .because("a build is put together from what images and containers are without it")
        .check(RUNTIME);
  }

  @Test
  void aDockerfileIsText() {
    noClasses()
        .that()
        .resideInAPackage("swarm.runtime.dockerfile")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("java.io..", "java.nio..", "java.net..", "java.util.concurrent..")
        .because("it is read by the daemon, by commits and by the client alike, and by tests")
        .check(RUNTIME);
  }

  @Test
  void imagesKnowNoProcesses() {
    noClasses()
        .that()
        .resideInAnyPackage("swarm.runtime.image", "swarm.runtime.snapshot")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("swarm.runtime.exec", "swarm.runtime.logs", "swarm.runtime.stdio")
        .because("an image is files, whether anything of it runs or not")
        .check(RUNTIME);
  }

  @Test
  void theOciRuntimeKnowsNoImages() {
    noClasses()
        .that()
        .resideInAPackage("swarm.runtime.oci")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("swarm.runtime.image", "swarm.runtime.logs", "swarm.runtime.exec")
        .because("a bundle is a root and a specification, wherever they come from")
        .check(RUNTIME);
  }
}
