package swarm.network.firewall;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import swarm.network.firewall.Facts.Truth;
import swarm.network.firewall.Registers.Knowledge;
import swarm.network.firewall.Registers.Value;

/// Says what a base chain does with packets of one kind. Pure, as its sets are.
///
/// A drop is claimed only where every rule before it is read and lets no such packet off. Rules
/// that drop some packets only (an address that is banned) are the user's wish and no finding;
/// rules that let some packets off, or that are not read, turn a claim into a "perhaps".
final class Judge {
  /// As the kernel bounds it (`NFT_JUMP_STACK_SIZE`).
  private static final int DEEPEST = 16;

  /// Where packets end.
  ///
  /// @param handle of the rule; empty for the policy of the chain
  /// @param how what happens there, as `nft` writes it
  record Place(Ruleset.Id chain, OptionalLong handle, String how) {}

  /// What becomes of the packets.
  sealed interface Opinion {
    /// They go on.
    record Passes() implements Opinion {}

    /// All of them end here.
    record Drops(Place place) implements Opinion {}

    /// All or some of them may end here.
    record Perhaps(Place place) implements Opinion {}
  }

  /// How a walk through a chain ended.
  private enum End {
    ACCEPTED,
    DROPPED,
    /// It came back without a decision.
    NONE
  }

  private final Ruleset ruleset;
  private final Facts facts;
  private final Predicate<Ruleset.Rule> heeded;
  private boolean doubtful;
  private @Nullable Place possible;
  private @Nullable Place place;

  private Judge(Ruleset ruleset, Packet packet, Predicate<Ruleset.Rule> heeded) {
    this.ruleset = ruleset;
    this.facts = new Facts(packet);
    this.heeded = heeded;
  }

  /// @param base a chain with a hook
  /// @param heeded which rules count
  /// @throws IOException where the elements of a set cannot be had
  static Opinion of(
      Ruleset ruleset, Ruleset.Chain base, Packet packet, Predicate<Ruleset.Rule> heeded)
      throws IOException {
    return new Judge(ruleset, packet, heeded).judge(base);
  }

  private Opinion judge(Ruleset.Chain base) throws IOException {
    End end = walk(base, 0);
    if (end == End.NONE && base.base().map(Ruleset.Base::drops).orElse(false)) {
      place = new Place(base.id(), OptionalLong.empty(), "policy drop");
      end = End.DROPPED;
    }
    Place dropped = place;
    if (end == End.DROPPED && dropped != null) {
      return doubtful ? new Opinion.Perhaps(dropped) : new Opinion.Drops(dropped);
    }
    return possible == null ? new Opinion.Passes() : new Opinion.Perhaps(possible);
  }

  private End walk(Ruleset.Chain chain, int depth) throws IOException {
    for (Ruleset.Rule rule : chain.rules()) {
      if (!heeded.test(rule)) {
        continue;
      }
      Outcome outcome = look(chain.id(), rule);
      if (outcome.verdict().isEmpty() || outcome.truth() == Truth.NO) {
        continue;
      }
      Expression.Verdict verdict = outcome.verdict().get();
      Optional<End> end =
          outcome.truth() == Truth.YES
              ? follow(chain.id(), rule, verdict, depth)
              : imagine(chain.id(), rule, verdict, outcome.truth(), depth);
      if (end.isPresent()) {
        return end.get();
      }
    }
    return End.NONE;
  }

  /// Goes where a rule leads that is for these packets; empty where the next rule is asked.
  private Optional<End> follow(
      Ruleset.Id chain, Ruleset.Rule rule, Expression.Verdict verdict, int depth)
      throws IOException {
    return switch (verdict.code()) {
      case Expression.Verdict.ACCEPT -> Optional.of(End.ACCEPTED);
      case Expression.Verdict.DROP -> {
        place = place(chain, rule);
        yield Optional.of(End.DROPPED);
      }
      case Expression.Verdict.RETURN -> Optional.of(End.NONE);
      case Expression.Verdict.JUMP -> {
        End end = enter(chain, verdict.chain(), depth);
        yield end == End.NONE ? Optional.empty() : Optional.of(end);
      }
      case Expression.Verdict.GOTO -> Optional.of(enter(chain, verdict.chain(), depth));
      case Expression.Verdict.CONTINUE -> Optional.empty();
      default -> {
        doubtful = true; // to a program, or something newer than this
        yield Optional.of(End.ACCEPTED);
      }
    };
  }

  /// Notes where a rule would lead that is for some of these packets, or may be for them.
  private Optional<End> imagine(
      Ruleset.Id chain, Ruleset.Rule rule, Expression.Verdict verdict, Truth truth, int depth)
      throws IOException {
    Place before = place;
    boolean doubted = doubtful;
    End end = follow(chain, rule, verdict, depth).orElse(End.NONE);
    Place reached = place;
    place = before;
    doubtful = doubted || end == End.ACCEPTED || verdict.code() == Expression.Verdict.RETURN;
    if (end == End.DROPPED && truth == Truth.UNREAD && possible == null) {
      possible = reached;
    }
    return Optional.empty();
  }

  private End enter(Ruleset.Id from, String chain, int depth) throws IOException {
    Ruleset.Chain next = ruleset.chains().get(new Ruleset.Id(from.table(), chain));
    if (next == null || depth >= DEEPEST) {
      doubtful = true; // it went meanwhile
      return End.NONE;
    }
    return walk(next, depth + 1);
  }

  private static Place place(Ruleset.Id chain, Ruleset.Rule rule) {
    boolean rejects =
        rule.expressions().stream()
            .anyMatch(e -> e instanceof Expression.Reject || e instanceof Expression.Target);
    return new Place(chain, OptionalLong.of(rule.handle()), rejects ? "reject" : "drop");
  }

  /// Whether a rule is for the packets, and what it decides then.
  private record Outcome(Truth truth, Optional<Expression.Verdict> verdict) {}

  private Outcome look(Ruleset.Id chain, Ruleset.Rule rule) throws IOException {
    var registers = new Registers();
    Truth truth = Truth.YES;
    for (Expression expression : rule.expressions()) {
      switch (expression) {
        case Expression.Meta(int key, int to) -> registers.set(to, facts.meta(key));
        case Expression.Conntrack(int key, int to) -> registers.set(to, facts.conntrack(key));
        case Expression.Payload(int base, int offset, int length, int to) ->
            registers.set(to, facts.payload(base, offset, length));
        case Expression.Fib(int result, int flags, int to) ->
            registers.set(to, facts.fib(result, flags));
        case Expression.Constant(int to, byte[] value) -> registers.set(to, Value.known(value));
        case Expression.Bitwise bitwise -> registers.set(bitwise.to(), apply(bitwise, registers));
        case Expression.ByteOrder order -> registers.set(order.to(), apply(order, registers));
        case Expression.Compare compare -> truth = truth.and(compare(compare, registers));
        case Expression.Range range -> truth = truth.and(range(range, registers));
        case Expression.Lookup lookup -> {
          Value key = registers.get(lookup.register(), 1);
          Found found =
              key.knowledge() == Knowledge.KNOWN
                  ? find(ruleset.sets().of(chain.table(), lookup.set()), lookup, registers)
                  : new Found(Truth.of(true, key.knowledge()), Optional.empty());
          truth = truth.and(lookup.inverted() ? found.truth().not() : found.truth());
          if (lookup.to().isPresent() && truth != Truth.NO) {
            if (lookup.to().getAsInt() == 0) {
              return verdict(truth, found);
            }
            registers.set(lookup.to().getAsInt(), value(found));
          }
        }
        case Expression.Match(String name, int revision, byte[] info) ->
            truth = truth.and(facts.match(name, revision, info));
        case Expression.Sometimes() -> truth = truth.and(Truth.VARIES);
        case Expression.Unread(_) -> truth = truth.and(Truth.UNREAD);
        case Expression.PassesBy() -> {}
        case Expression.Verdict verdict -> {
          return new Outcome(truth, Optional.of(verdict));
        }
        case Expression.Reject() -> {
          return new Outcome(truth, Optional.of(DROP));
        }
        case Expression.Target(String name) -> {
          Optional<Outcome> decided = target(name, truth);
          if (decided.isPresent()) {
            return decided.get();
          }
        }
      }
      if (truth == Truth.NO) {
        return new Outcome(truth, Optional.empty());
      }
    }
    return new Outcome(truth, Optional.empty());
  }

  private static final Expression.Verdict DROP =
      new Expression.Verdict(Expression.Verdict.DROP, "");

  /// Targets of iptables that decide; empty for those that only note or change something.
  private static Optional<Outcome> target(String name, Truth truth) {
    return switch (name) {
      case "REJECT", "TARPIT", "DROP" -> Optional.of(new Outcome(truth, Optional.of(DROP)));
      case "LOG",
          "NFLOG",
          "ULOG",
          "AUDIT",
          "MARK",
          "CONNMARK",
          "CLASSIFY",
          "TCPMSS",
          "DSCP",
          "TOS",
          "TTL",
          "CT",
          "TRACE",
          "SET",
          "SECMARK",
          "CONNSECMARK",
          "CHECKSUM",
          "TEE" ->
          Optional.empty();
      default -> Optional.of(new Outcome(truth.and(Truth.UNREAD), Optional.of(DROP)));
    };
  }

  /// A verdict map whose value is not known may say anything.
  private static Outcome verdict(Truth truth, Found found) {
    Optional<Expression.Verdict> known = found.element().flatMap(Ruleset.Element::verdict);
    return new Outcome(
        truth, Optional.of(known.orElse(new Expression.Verdict(Expression.Verdict.ACCEPT, ""))));
  }

  private static Value value(Found found) {
    return found.element().map(element -> Value.known(element.data())).orElse(Value.unread(16));
  }

  private static Value apply(Expression.Bitwise bitwise, Registers registers) {
    Value from = registers.get(bitwise.from(), bitwise.mask().length);
    byte[] bytes = from.bytes().clone();
    Knowledge[] each = from.each().clone();
    for (int at = 0; at < bytes.length; at++) {
      if (bitwise.mask()[at] == 0) {
        each[at] = Knowledge.KNOWN;
      }
      int flip = at < bitwise.flip().length ? bitwise.flip()[at] : 0;
      bytes[at] = (byte) ((bytes[at] & bitwise.mask()[at]) ^ flip);
    }
    return new Value(bytes, each);
  }

  private static Value apply(Expression.ByteOrder order, Registers registers) {
    Value from = registers.get(order.from(), order.length());
    byte[] bytes = from.bytes().clone();
    Knowledge[] each = from.each().clone();
    boolean turns = java.nio.ByteOrder.nativeOrder() == java.nio.ByteOrder.LITTLE_ENDIAN;
    for (int at = 0; turns && order.size() > 0 && at + order.size() <= bytes.length; ) {
      for (int i = 0; i < order.size(); i++) {
        bytes[at + i] = from.bytes()[at + order.size() - 1 - i];
        each[at + i] = from.each()[at + order.size() - 1 - i];
      }
      at += order.size();
    }
    return new Value(bytes, each);
  }

  private static Truth compare(Expression.Compare compare, Registers registers) {
    Value value = registers.get(compare.register(), compare.with().length);
    int order = Arrays.compareUnsigned(value.bytes(), compare.with());
    if (compare.operator() <= 1 && value.surelyDiffers(compare.with())) {
      return Truth.of(compare.operator() == 1);
    }
    boolean holds =
        switch (compare.operator()) {
          case 0 -> order == 0;
          case 1 -> order != 0;
          case 2 -> order < 0;
          case 3 -> order <= 0;
          case 4 -> order > 0;
          default -> order >= 0;
        };
    return Truth.of(holds, value.knowledge());
  }

  private static Truth range(Expression.Range range, Registers registers) {
    Value value = registers.get(range.register(), range.from().length);
    boolean within =
        Arrays.compareUnsigned(value.bytes(), range.from()) >= 0
            && Arrays.compareUnsigned(value.bytes(), range.to()) <= 0;
    return Truth.of(within != range.negated(), value.knowledge());
  }

  /// What a look-up came to.
  private record Found(Truth truth, Optional<Ruleset.Element> element) {}

  private static Found find(
      List<Ruleset.Element> elements, Expression.Lookup lookup, Registers registers) {
    Ruleset.Element nearest = null;
    Ruleset.Element others = null;
    boolean ranges = elements.stream().anyMatch(Ruleset.Element::end);
    Knowledge knowledge = Knowledge.KNOWN;
    for (Ruleset.Element element : elements) {
      if (element.concatenated()) {
        return new Found(Truth.UNREAD, Optional.empty());
      }
      if (element.key().length == 0) {
        others = element;
        continue;
      }
      Value value = registers.get(lookup.register(), element.key().length);
      knowledge = knowledge.and(value.knowledge());
      int order = Arrays.compareUnsigned(element.key(), value.bytes());
      if (ranges ? order <= 0 && isNearer(element, nearest) : order == 0) {
        nearest = element;
      }
    }
    if (nearest == null || nearest.end()) {
      nearest = others;
    }
    if (knowledge != Knowledge.KNOWN) {
      return new Found(Truth.of(true, knowledge), Optional.empty());
    }
    return new Found(Truth.of(nearest != null), Optional.ofNullable(nearest));
  }

  /// Of two that begin or end at the same value, what begins counts.
  private static boolean isNearer(Ruleset.Element element, Ruleset.@Nullable Element than) {
    if (than == null) {
      return true;
    }
    int order = Arrays.compareUnsigned(element.key(), than.key());
    return order > 0 || (order == 0 && than.end());
  }
}
