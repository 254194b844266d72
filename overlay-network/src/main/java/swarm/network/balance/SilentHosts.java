package swarm.network.balance;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;

/// Which members' hosts are silent: at least two members do not reach them by gossip, and this host
/// gets no answer by TCP either. A host that answers or refuses is there, and its containers with
/// it, whatever has become of its daemon. Pure; confined to one thread. Times are milliseconds.
///
/// A host that was silent and then refuses stays out until its daemon answers: it may have been
/// started again, without its containers.
public final class SilentHosts {
  /// From one probe of a host that is there to the next: its daemon was lost first, or gossip's
  /// packets do not get through.
  private static final long AGAIN_MILLIS = 1_000;

  /// The same for one that was silent; gossip asks it sooner.
  private static final long SILENT_AGAIN_MILLIS = 5_000;

  /// Probes that may be under way at once: a host that is cut off suspects everybody.
  static final int MOST_PROBES = 32;

  /// As many must not reach a member before its host counts as silent.
  private static final int OBSERVERS = 2;

  /// What gossip has against a member.
  ///
  /// @param accusers how many members do not reach it, this one among them
  /// @param dead whether gossip has concluded that it is dead; so it may where fewer could see it
  public record Doubt(int accusers, boolean dead) {
    boolean enough() {
      return dead || accusers >= OBSERVERS;
    }
  }

  /// What a host said when it was connected to.
  public enum Answer {
    ANSWERED,
    /// Nobody listens there, but the host says so.
    REFUSED,
    SILENT
  }

  private static final class Suspect {
    final long since;
    final long order;
    Doubt doubt;
    boolean silent;
    boolean asked;
    long nextProbe;

    Suspect(long since, long order, Doubt doubt) {
      this.since = since;
      this.order = order;
      this.doubt = doubt;
      nextProbe = since;
    }
  }

  private final Map<String, Suspect> suspects = new TreeMap<>();
  private long orders;

  /// Takes what gossip has against members now; who is not named is well.
  public void look(Map<String, Doubt> doubts, long now) {
    suspects.keySet().retainAll(doubts.keySet());
    doubts.forEach(
        (id, doubt) -> {
          Suspect known = suspects.get(id);
          if (known == null) {
            suspects.put(id, new Suspect(now, orders++, doubt));
          } else {
            known.doubt = doubt;
          }
        });
  }

  /// Whom to connect to now; each must be [#answered] before it is named again.
  public List<String> toProbe(long now) {
    long free = free();
    var all = new ArrayList<String>();
    suspects.forEach(
        (id, suspect) -> {
          if (!suspect.asked && now >= suspect.nextProbe && all.size() < free) {
            suspect.asked = true;
            all.add(id);
          }
        });
    return all;
  }

  private long free() {
    return MOST_PROBES - suspects.values().stream().filter(each -> each.asked).count();
  }

  /// When [#toProbe] has something next; empty for not before something else happens.
  public OptionalLong nextProbe() {
    return free() <= 0
        ? OptionalLong.empty()
        : suspects.values().stream()
            .filter(each -> !each.asked)
            .mapToLong(each -> each.nextProbe)
            .min();
  }

  /// What became of a probe that [#toProbe] named at `asked`.
  public void answered(String id, Answer answer, long asked, long now) {
    Suspect suspect = suspects.get(id);
    if (suspect == null || asked < suspect.since) {
      return; // it is well again, or suspected anew since
    }
    suspect.asked = false;
    suspect.nextProbe = now + (answer == Answer.SILENT ? SILENT_AGAIN_MILLIS : AGAIN_MILLIS);
    suspect.silent =
        switch (answer) {
          case SILENT -> true;
          case ANSWERED -> false;
          case REFUSED -> suspect.silent;
        };
  }

  /// The members whose hosts are silent, the one that was suspected first in front.
  public List<String> silent() {
    return suspects.entrySet().stream()
        .filter(each -> each.getValue().silent && each.getValue().doubt.enough())
        .sorted(Comparator.comparingLong(each -> each.getValue().order))
        .map(Map.Entry::getKey)
        .toList();
  }
}
