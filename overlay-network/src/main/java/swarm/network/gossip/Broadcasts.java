package swarm.network.gossip;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;

/// Updates on their way round: each goes along with other packets until it was sent often enough,
/// the least sent first. Confined to the machine's thread.
final class Broadcasts {
  /// Of all; beyond it those sent most are dropped, as the periodic sync carries them, too.
  private static final int MOST = 512;

  private static final class Item {
    final Update update;
    final long number;
    int sent;

    Item(Update update, long number) {
      this.update = update;
      this.number = number;
    }
  }

  private static final Comparator<Item> ORDER =
      Comparator.<Item>comparingInt(item -> item.sent)
          .thenComparing(Comparator.<Item>comparingLong(item -> item.number).reversed());

  private final TreeMap<String, Item> items = new TreeMap<>();
  private final int lambda;
  private long numbers;

  Broadcasts(int lambda) {
    this.lambda = lambda;
  }

  boolean isEmpty() {
    return items.isEmpty();
  }

  int size() {
    return items.size();
  }

  /// Sends it round, in place of what it makes void.
  void add(Update update) {
    if (update instanceof Update.Accusation accusation) {
      items.put("a " + accusation.subject() + " " + accusation.observer(), item(update));
    } else {
      items
          .subMap("a " + update.subject() + " ", "a " + update.subject() + "!")
          .values()
          .removeIf(item -> item.update.incarnation() < update.incarnation());
      items.put("s " + update.subject(), item(update));
    }
    if (items.size() > MOST) {
      items.entrySet().stream()
          .max((a, b) -> ORDER.compare(a.getValue(), b.getValue()))
          .ifPresent(worst -> items.remove(worst.getKey()));
    }
  }

  private Item item(Update update) {
    return new Item(update, numbers++);
  }

  /// Forgets all about who is no member any more.
  void forget(String id) {
    items
        .values()
        .removeIf(item -> item.update.subject().equals(id) || item.update.signer().equals(id));
  }

  /// The next updates that fit into `bytes`, counted as sent once more.
  ///
  /// @param members how many members there are, this one included
  List<Update> take(int bytes, int members, List<Update> besides) {
    if (items.isEmpty()) {
      return List.of();
    }
    int limit = lambda * (32 - Integer.numberOfLeadingZeros(Math.max(1, members)));
    var chosen = new ArrayList<Update>();
    int left = bytes;
    for (Item item : items.values().stream().sorted(ORDER).toList()) {
      int size = PacketCodec.size(item.update);
      if (size <= left && !besides.contains(item.update)) {
        left -= size;
        chosen.add(item.update);
        item.sent++;
      }
    }
    items.values().removeIf(item -> item.sent >= limit);
    return chosen;
  }
}
