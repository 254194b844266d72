package swarm.runtime.logs;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LogOptionsTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      value = {
        "json-file | | LogLimits[maxBytes=0, maxFiles=1, compress=false]",
        "json-file | max-size=1k max-file=3 | LogLimits[maxBytes=1000, maxFiles=3, compress=false]",
        "json-file | max-size=1.5MB max-file=2 compress=true | LogLimits[maxBytes=1500000, maxFiles=2, compress=true]",
        "json-file | mode=non-blocking max-buffer-size=4m | LogLimits[maxBytes=0, maxFiles=1, compress=false]",
        "local | | LogLimits[maxBytes=20971520, maxFiles=5, compress=true]",
        "local | max-size=1k compress=false | LogLimits[maxBytes=1024, maxFiles=5, compress=false]",
        "none | max-size=wrong | LogLimits[maxBytes=0, maxFiles=1, compress=false]",
        "syslog | syslog-address=udp://logs.example:514 cache-max-size=1m | LogLimits[maxBytes=1048576, maxFiles=5, compress=true]",
        "nothing-here | | error looking up logging plugin nothing-here: plugin \"nothing-here\" not found",
        "json-file | nothing=1 | unknown log opt 'nothing' for json-file log driver",
        "local | nothing=1 | unknown log opt 'nothing' for log driver local",
        "syslog | nothing=1 | unknown log opt 'nothing' for syslog log driver",
        "json-file | max-size=wrong | failed to initialize logging driver: invalid size: 'wrong'",
        "json-file | max-size=0 | failed to initialize logging driver: max-size must be a positive number",
        "json-file | max-size=9999999999999999999p | failed to initialize logging driver: invalid size: '9999999999999999999p'",
        "json-file | max-file=x | failed to initialize logging driver: strconv.Atoi: parsing \"x\": invalid syntax",
        "json-file | max-file=0 | failed to initialize logging driver: max-file cannot be less than 1",
        "json-file | compress=maybe | failed to initialize logging driver: strconv.ParseBool: parsing \"maybe\": invalid syntax",
        "json-file | compress=true | failed to initialize logging driver: compress cannot be true when max-file is less than 2 or max-size is not set",
        "local | max-file=1 | failed to initialize logging driver: compression cannot be enabled when max file count is 1",
        "json-file | mode=often | logger: logging mode not supported: often",
        "json-file | max-buffer-size=1m | logger: max-buffer-size option is only supported with 'mode=non-blocking'",
        "json-file | mode=non-blocking max-buffer-size=x | error parsing option max-buffer-size: invalid size: 'x'",
        "syslog | syslog-address=ftp://x | unsupported scheme: 'ftp'",
        "syslog | syslog-address=unix://log | invalid syslog-address 'unix://log': use unix:///PATH or unixgram:///PATH with a path of at most 107 bytes",
        "syslog | syslog-address=udp://x:0 | invalid syslog-address 'udp://x:0': use udp://HOST[:PORT], tcp://HOST[:PORT] or tcp+tls://HOST[:PORT]",
        "syslog | syslog-address=tcp+tls://[::1]:6514 syslog-tls-ca-cert=/ca syslog-tls-skip-verify=1 | LogLimits[maxBytes=20971520, maxFiles=5, compress=true]",
        "syslog | syslog-tls-cert=/cert | syslog-tls-cert and syslog-tls-key name a certificate and its key: give both or none",
        "syslog | cache-disabled=maybe | failed to initialize logging driver: strconv.ParseBool: parsing \"maybe\": invalid syntax",
        "syslog | syslog-facility=none | invalid syslog facility",
        "syslog | syslog-format=json | Invalid syslog format",
      })
  void readsOptions(String driver, String options, String expected) {
    assertThat(read(driver, options == null ? "" : options)).isEqualTo(expected);
  }

  private static String read(String driver, String options) {
    var all = new TreeMap<String, String>();
    Arrays.stream(options.split(" "))
        .filter(o -> !o.isEmpty())
        .forEach(o -> all.put(o.split("=", 2)[0], o.split("=", 2)[1]));
    try {
      return LogOptions.parse(driver, all).limits().toString();
    } catch (InvalidLogOptionException e) {
      return String.valueOf(e.getMessage());
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "labels=a env=B | B=2,a=1",
        "labels=a,c,zz | a=1,c=x+y",
        "labels-regex=^a env-regex=B | B=2,BB=3,a=1,ab=4",
        "tag={{.Name}}/{{.ID}} | tag=web%2F000000000000",
        "labels=no | ''",
      })
  void tellsWhatIsAskedFor(String options, String expected) throws Exception {
    var all = new TreeMap<String, String>();
    for (String option : options.split(" ")) {
      all.put(option.split("=", 2)[0], option.split("=", 2)[1]);
    }
    var source =
        new LogSource(
            "0".repeat(64),
            "web",
            "sha256:" + "1".repeat(64),
            "web:1",
            Map.of("a", "1", "ab", "4", "c", "x y"),
            List.of("B=2", "BB=3", "C"));

    assertThat(LogAttributes.text(LogAttributes.of(LogOptions.parse("", all), source)))
        .isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({
    "json-file, '', true",
    "local, '', true",
    "none, '', false",
    "syslog, '', true",
    "syslog, cache-disabled=false, true",
    "syslog, cache-disabled=true, false"
  })
  void knowsWhatCanBeRead(String driver, String option, boolean readable) throws Exception {
    Map<String, String> options =
        option.isEmpty() ? Map.of() : Map.of(option.split("=", 2)[0], option.split("=", 2)[1]);

    assertThat(LogOptions.parse(driver, options).readable()).isEqualTo(readable);
  }

  @Test
  void aTemplateOfMoreThanFieldsIsRefused() {
    assertThat(read("json-file", "tag={{.Nothing}}")).contains("can't evaluate field Nothing");
    assertThat(read("json-file", "tag={{range}}")).contains("no other template actions");
  }
}
