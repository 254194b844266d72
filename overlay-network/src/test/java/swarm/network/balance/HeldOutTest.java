package swarm.network.balance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HeldOutTest {
  /// Backends as `ADDRESS:ENDPOINT@HOST`, `-` for what is not known.
  private static List<Backend> backends(String text) {
    return Stream.of(text.split(" ")).map(HeldOutTest::backend).toList();
  }

  private static Backend backend(String text) {
    String[] parts = text.split("[:@]");
    return new Backend(
        Integer.parseInt(parts[0]), parts[1].replace("-", ""), parts[2].replace("-", ""));
  }

  /// Hints as silent hosts, and `ENDPOINT@HOST` of those that have ended.
  private static Hints hints(String silent, String ended) {
    var all = new HashSet<Hints.Ended>();
    for (String each : words(ended)) {
      String[] parts = each.split("@");
      all.add(new Hints.Ended(parts[0], parts[1]));
    }
    return new Hints(words(silent), all);
  }

  private static List<String> words(String text) {
    return Stream.of(text.split(" ")).filter(word -> !word.isEmpty()).toList();
  }

  @ParameterizedTest(name = "{4}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          1:a@A 2:b@B 3:c@C |         | ''          | ''  | nothing was heard
          1:a@A 2:b@B 3:c@C |         | b@B         | 2   | its own host says that it has ended
          1:a@A 2:b@B 3:c@C |         | b@C         | ''  | another host says so
          1:a@A 2:x@B 3:c@C |         | b@B         | ''  | another endpoint has its address now
          1:a@A 2:-@B 3:c@C |         | b@B         | ''  | an older manager does not say who it is
          1:a@A 2:b@A 3:c@A |         | a@A b@A     | 1 2 | ends may take more than half
          1:a@A 2:b@B       |         | a@A b@B     | 1   | but not the last
          1:a@A             |         | a@A         | ''  | not the only one
          1:a@A 2:b@B 3:c@C | B       | ''          | 2   | a silent host
          1:a@A 2:b@B 3:-@C | C       | ''          | 3   | also where endpoints are not known
          1:a@A 2:b@B 3:c@C | D       | ''          | ''  | a silent host without any of them
          1:a@A 2:b@B       | A B     | ''          | 1   | at most half, the longest silent first
          1:a@A 2:b@B       | B A     | ''          | 2   | at most half, the other way round
          1:a@A 2:b@B 3:c@C | C B A   | ''          | 3   | half of three is one
          1:a@A 2:b@A 3:c@A 4:d@B | A | ''          | 1 2 | a host with more than half
          1:a@A 2:b@B       | B       | a@A         | 1   | what has ended counts no more
          1:a@A 2:b@B 3:c@C 4:d@D | B C | a@A       | 1 2 | half of those that are left
          1:a@A 2:b@B       | A       | a@A         | 1   | both of one
          1:a@- 2:b@-       | A       | a@A         | ''  | where they are is not known
          """)
  void decides(String backends, String silent, String ended, String out, String why) {
    List<Integer> expected = words(out).stream().map(Integer::valueOf).toList();
    assertThat(HeldOut.of(backends(backends), hints(silent == null ? "" : silent, ended)))
        .as(why)
        .containsExactlyElementsOf(expected);
  }

  private static final List<String> HOSTS = List.of("A", "B", "C", "D", "");

  @Provide
  Arbitrary<List<Backend>> services() {
    return Combinators.combine(
            Arbitraries.of("a", "b", "c", "d", "e", "f", "g", "h", ""), Arbitraries.of(HOSTS))
        .as((endpoint, host) -> new Backend(0, endpoint, host))
        .list()
        .ofMaxSize(12)
        .map(
            all -> {
              var numbered = new ArrayList<Backend>();
              all.forEach(
                  each ->
                      numbered.add(new Backend(numbered.size() - 5, each.endpoint(), each.host())));
              return numbered;
            });
  }

  @Provide
  Arbitrary<Hints> anyHints() {
    Arbitrary<Hints.Ended> ended =
        Combinators.combine(
                Arbitraries.of("a", "b", "c", "d", "e", "f", "g", "h"), Arbitraries.of(HOSTS))
            .as(Hints.Ended::new);
    return Combinators.combine(
            Arbitraries.of(HOSTS).list().uniqueElements().ofMaxSize(5), ended.set().ofMaxSize(20))
        .as(Hints::new);
  }

  private static boolean ownWord(Backend backend, Hints hints) {
    return hints.ended().contains(new Hints.Ended(backend.endpoint(), backend.host()));
  }

  @Property
  void neverTheLast(@ForAll("services") List<Backend> service, @ForAll("anyHints") Hints hints) {
    SortedSet<Integer> out = HeldOut.of(service, hints);
    if (!service.isEmpty()) {
      assertThat(out.size()).isLessThan(service.size());
    }
    assertThat(service.stream().map(Backend::address)).containsAll(out);
  }

  @Property
  void silentHostsTakeNoMoreThanHalf(
      @ForAll("services") List<Backend> service, @ForAll("anyHints") Hints hints) {
    SortedSet<Integer> out = HeldOut.of(service, hints);
    long bySilence =
        service.stream().filter(b -> out.contains(b.address()) && !ownWord(b, hints)).count();
    assertThat(bySilence).isLessThanOrEqualTo(service.size() / 2);
  }

  @Property
  void nobodyIsOutWithoutAHintOfItsOwnHost(
      @ForAll("services") List<Backend> service, @ForAll("anyHints") Hints hints) {
    SortedSet<Integer> out = HeldOut.of(service, hints);
    for (Backend each : service) {
      if (out.contains(each.address())) {
        assertThat(ownWord(each, hints) || hints.silentHosts().contains(each.host())).isTrue();
      }
    }
  }

  @Property
  void aNewerEndpointVoidsWhatWasSaidOfTheOlder(
      @ForAll("services") List<Backend> service, @ForAll("anyHints") Hints hints) {
    List<Backend> renewed =
        service.stream().map(b -> new Backend(b.address(), "new" + b.address(), b.host())).toList();
    assertThat(HeldOut.of(renewed, new Hints(List.of(), hints.ended()))).isEmpty();
  }

  @Property
  void allHostsDecideAlike(
      @ForAll("services") List<Backend> service, @ForAll("anyHints") Hints hints) {
    assertThat(HeldOut.of(service.reversed(), hints)).isEqualTo(HeldOut.of(service, hints));
  }

  @Property
  void oneMoreHostThatLiesTakesOnlyItsOwn(
      @ForAll("services") List<Backend> service, @ForAll("anyHints") Hints hints) {
    Set<Hints.Ended> lies = new HashSet<>(hints.ended());
    service.forEach(each -> lies.add(new Hints.Ended(each.endpoint(), "D")));
    var before = new TreeSet<>(HeldOut.of(service, new Hints(List.of(), hints.ended())));
    for (Backend each : service) {
      if (HeldOut.of(service, new Hints(List.of(), lies)).contains(each.address())
          && !each.host().equals("D")) {
        assertThat(before).contains(each.address());
      }
    }
  }
}
