package swarm.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import swarm.cli.command.Terminal;

class HelpTest {
  @Test
  void every_command_but_the_hidden_one_has_help() {
    check(Main.commandLine(Terminal.ofProcess()));
  }

  private static void check(CommandLine line) {
    var spec = line.getCommandSpec();
    if (!spec.usageMessage().hidden()) {
      assertThat(spec.options())
          .as(spec.qualifiedName())
          .anyMatch(option -> option.usageHelp() && option.longestName().equals("--help"));
    }
    line.getSubcommands().values().forEach(HelpTest::check);
  }
}
