package swarm.runtime.container;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EtcFilesTest {
  @ParameterizedTest
  @CsvSource({"hh,'',hh", "hh,ex.com,hh.ex.com hh", "hh.ex.com,'',hh.ex.com hh"})
  void itsOwnNames(String hostname, String domainname, String names) {
    assertThat(EtcFiles.names(hostname, domainname)).isEqualTo(names);
  }

  @ParameterizedTest
  @CsvSource({"'',search host", "a,search a", "a .,search a", ".,"})
  void searchDomains(String asked, @Nullable String line) {
    ContainerConfig config =
        ContainerConfig.builder("image", List.of("true"))
            .dns(
                List.of("9.9.9.9"),
                asked.isEmpty() ? List.of() : List.of(asked.split(" ", -1)),
                List.of())
            .build();
    assertThat(EtcFiles.resolvConf(config, "nameserver 1.1.1.1\nsearch host\n"))
        .isEqualTo("nameserver 9.9.9.9\n" + (line == null ? "" : line + "\n"));
  }

  @ParameterizedTest
  @CsvSource({
    "h:1.2.3.4, 1.2.3.4 h",
    "h:2001:db8::1, 2001:db8::1 h",
    "h:host-gateway, 172.17.0.1 h",
    "host-gateway:1.2.3.4, 1.2.3.4 host-gateway",
  })
  void extraHosts(String entry, String line) {
    assertThat(EtcFiles.hosts("base", List.of(entry), "172.17.0.1", List.of("10.0.0.2\tme")))
        .isEqualTo("base\n" + line.replace(' ', '\t') + "\n10.0.0.2\tme\n");
  }
}
