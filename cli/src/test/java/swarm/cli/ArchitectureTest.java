package swarm.cli;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.simpleName;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.nio.channels.FileChannel;
import org.junit.jupiter.api.Test;
import swarm.linux.FileNames;

class ArchitectureTest {
  private static final JavaClasses CLI =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("swarm.cli");

  /// Files have channels, too.
  private static final DescribedPredicate<JavaClass> SOCKETS =
      resideInAnyPackage("java.net..", "java.nio.channels..")
          .and(DescribedPredicate.not(type(FileChannel.class)));

  @Test
  void theClientKnowsNoCommand() {
    noClasses()
        .that()
        .resideInAPackage("swarm.cli.client")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "swarm.cli.command",
            "swarm.cli.render",
            "swarm.cli.spec",
            "swarm.cli.compose",
            "picocli..")
        .because("it carries requests and answers, whatever they mean")
        .check(CLI);
  }

  @Test
  void whatIsPureKnowsNoSocketAndNoOptions() {
    noClasses()
        .that()
        .resideInAnyPackage("swarm.cli.render", "swarm.cli.spec", "swarm.cli.compose")
        .should()
        .dependOnClassesThat(
            SOCKETS
                .or(resideInAnyPackage("picocli..", "swarm.cli.command"))
                .or(
                    resideInAPackage("swarm.cli.client")
                        .and(DescribedPredicate.not(simpleName("Json")))))
        .because("text in, text out: tested without a daemon or a terminal")
        .check(CLI);
  }

  @Test
  void onlyTheClientOpensSockets() {
    noClasses()
        .that()
        .resideOutsideOfPackage("swarm.cli.client")
        .should()
        .dependOnClassesThat(SOCKETS)
        .because("every command reaches the daemon the same way")
        .check(CLI);
  }

  @Test
  void onlyTheDaemonsStarterKnowsTheDaemon() {
    noClasses()
        .that()
        .haveNameNotMatching("swarm.cli.command.DaemonRunner(\\$.*)?")
        .should()
        .dependOnClassesThat(
            resideInAnyPackage(
                    "swarm.node..",
                    "swarm.raft..",
                    "swarm.scheduler..",
                    "swarm.runtime..",
                    "swarm.network..",
                    "swarm.linux..")
                .and(
                    DescribedPredicate.not( // text: what a .dockerignore means, names as bytes
                        resideInAnyPackage("swarm.runtime.dockerfile", "swarm.runtime.archive")
                            .or(type(FileNames.class)))))
        .because("commands speak the Docker Engine API, to whichever daemon answers it")
        .check(CLI);
  }

  @Test
  void theDaemonsStarterKnowsNoInside() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "swarm.node.*..", "swarm.raft..", "swarm.scheduler..", "swarm.network..")
        .because("swarm.node.Node is the whole daemon to its starter")
        .check(CLI);
  }

  @Test
  void onlyThePlaygroundKnowsTheTestHosts() {
    noClasses()
        .that()
        .haveNameNotMatching("swarm.cli.command.PlaygroundCommand(\\$.*)?")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("swarm.chaos..")
        .because("what serves users must not lean on what tests it")
        .check(CLI);
  }

  @Test
  void onlyComposeFilesAreYaml() {
    noClasses()
        .that()
        .resideOutsideOfPackage("swarm.cli.compose")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("org.snakeyaml..")
        .because("the library is on the class path of the command stack only")
        .check(CLI);
  }

  @Test
  void optionsAreBuiltInCode() {
    noClasses()
        .should()
        .dependOnClassesThat(
            resideInAPackage("picocli..")
                .and(DescribedPredicate.describe("are annotations", JavaClass::isAnnotation)))
        .because("picocli's annotations cost a command most of its start-up time")
        .check(CLI);
  }
}
