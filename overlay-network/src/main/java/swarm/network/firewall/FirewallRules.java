package swarm.network.firewall;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import swarm.network.nft.Change;
import swarm.network.nft.Statement;

/// What others' rules stop, and which rules of ours among them would let it pass. Pure.
final class FirewallRules {
  private FirewallRules() {}

  /// A rule of others where something ends.
  private record Stop(Ruleset.Id base, Judge.Place place, boolean certain) {}

  /// What ends in others' chains.
  ///
  /// @param heeded which rules count: all, or those that are not ours
  static List<Finding> findings(Ruleset ruleset, Surroundings host, Predicate<Ruleset.Rule> heeded)
      throws IOException {
    var found = new ArrayList<Finding>();
    stops(ruleset, host, heeded)
        .forEach(
            (stop, openings) ->
                found.add(
                    new Finding(
                        stop.base().table().toString(),
                        stop.base().chain(),
                        stop.place().chain().chain(),
                        stop.place().handle(),
                        stop.place().how(),
                        stop.certain(),
                        List.copyOf(openings),
                        Remedy.of(ruleset, stop.base(), List.copyOf(openings)))));
    return List.copyOf(found);
  }

  private static Map<Stop, SortedSet<Opening>> stops(
      Ruleset ruleset, Surroundings host, Predicate<Ruleset.Rule> heeded) throws IOException {
    var stops = new LinkedHashMap<Stop, SortedSet<Opening>>();
    for (Ruleset.Chain chain : ruleset.chains().values()) {
      if (chain.base().isEmpty()) {
        continue;
      }
      for (Surroundings.Way way : host.ways()) {
        if (chain.base().get().point() != way.packet().point()) {
          continue;
        }
        switch (Judge.of(ruleset, chain, way.packet(), heeded)) {
          case Judge.Opinion.Passes() -> {}
          case Judge.Opinion.Drops(var place) ->
              stops
                  .computeIfAbsent(new Stop(chain.id(), place, true), _ -> new TreeSet<>())
                  .add(way.opening());
          case Judge.Opinion.Perhaps(var place) ->
              stops
                  .computeIfAbsent(new Stop(chain.id(), place, false), _ -> new TreeSet<>())
                  .add(way.opening());
        }
      }
    }
    return stops;
  }

  /// What to change so that everything we accept passes, and no rule of ours is left that nothing
  /// needs; nothing where it is so already.
  ///
  /// A rule of ours stands just before the one that would stop the packets, or at the end of the
  /// chain whose policy would: what a user forbids before that, stays forbidden.
  static List<Change> open(Ruleset ruleset, Surroundings host) throws IOException {
    Map<Stop, SortedSet<Opening>> still = certain(stops(ruleset, host, _ -> true));
    Map<Stop, SortedSet<Opening>> without =
        certain(stops(ruleset, host, rule -> !Openings.isOurs(rule)));
    var needed = new TreeMap<String, SortedSet<String>>(); // comments by table
    without.forEach(
        (stop, openings) ->
            openings.forEach(
                opening ->
                    needed
                        .computeIfAbsent(stop.base().table().toString(), _ -> new TreeSet<>())
                        .add(Openings.comment(opening))));
    var changes = new ArrayList<Change>();
    RulesetReader.ofOurs(ruleset)
        .forEach(
            (chain, rules) -> {
              SortedSet<String> wanted =
                  needed.getOrDefault(chain.table().toString(), new TreeSet<>());
              for (Ruleset.Rule rule : rules) {
                if (!wanted.contains(rule.comment())) {
                  changes.add(new Change.DeleteRule(chain.table(), chain.chain(), rule.handle()));
                }
              }
            });
    still.forEach(
        (stop, openings) ->
            openings.forEach(
                opening -> {
                  changes.addAll(overtaken(ruleset, stop.place().chain(), opening));
                  changes.add(insert(stop, opening));
                }));
    return changes.stream().distinct().toList();
  }

  /// Rules of ours that somebody put another one before.
  private static List<Change> overtaken(Ruleset ruleset, Ruleset.Id chain, Opening opening) {
    return RulesetReader.ofOurs(ruleset).getOrDefault(chain, List.of()).stream()
        .filter(rule -> rule.comment().equals(Openings.comment(opening)))
        .<Change>map(rule -> new Change.DeleteRule(chain.table(), chain.chain(), rule.handle()))
        .toList();
  }

  private static Map<Stop, SortedSet<Opening>> certain(Map<Stop, SortedSet<Opening>> stops) {
    var certain = new LinkedHashMap<>(stops);
    certain.keySet().removeIf(stop -> !stop.certain());
    return certain;
  }

  private static Change insert(Stop stop, Opening opening) {
    var rule = new ArrayList<Statement>(opening.conditions());
    rule.add(new Statement.Accept());
    return new Change.InsertRule(
        stop.place().chain().table(),
        stop.place().chain().chain(),
        stop.place().handle(),
        Openings.comment(opening),
        List.copyOf(rule));
  }

  /// Takes away every rule of ours.
  static List<Change> close(Ruleset ruleset) {
    var changes = new ArrayList<Change>();
    RulesetReader.ofOurs(ruleset)
        .forEach(
            (chain, rules) ->
                rules.forEach(
                    rule ->
                        changes.add(
                            new Change.DeleteRule(chain.table(), chain.chain(), rule.handle()))));
    return List.copyOf(changes);
  }
}
