package swarm.network.gossip;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What one turn of the machine sends: what goes to the same member shares packets. Confined to the
/// machine's thread.
final class Outbox {
  /// What goes to one member.
  static final class Letter {
    final List<Message> messages = new ArrayList<>();
    final List<Update> updates = new ArrayList<>();
    final List<Notice> notices = new ArrayList<>();
  }

  private final Map<String, Letter> letters = new LinkedHashMap<>();

  Letter to(String member) {
    return letters.computeIfAbsent(member, _ -> new Letter());
  }

  void send(String member, Message message) {
    to(member).messages.add(message);
  }

  void send(String member, Update update) {
    List<Update> updates = to(member).updates;
    if (!updates.contains(update)) {
      updates.add(update);
    }
  }

  void send(String member, Notice notice) {
    to(member).notices.add(notice);
  }

  /// All that there is, which is then gone from here.
  Map<String, Letter> take() {
    var all = new LinkedHashMap<>(letters);
    letters.clear();
    return all;
  }
}
