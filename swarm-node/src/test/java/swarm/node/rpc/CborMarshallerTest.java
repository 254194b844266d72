package swarm.node.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.grpc.Status;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import swarm.scheduler.model.GossipKey;
import swarm.scheduler.model.Node;
import swarm.scheduler.model.PortConfig;
import swarm.scheduler.model.RegistryAuth;
import swarm.scheduler.model.ServiceSpec;
import swarm.scheduler.model.Task;
import swarm.scheduler.model.TaskState;
import swarm.scheduler.model.Version;
import swarm.scheduler.model.Wire;
import swarm.scheduler.state.Command.ReportTasks.Observation;

class CborMarshallerTest {
  private static final Instant NOW = Instant.parse("2026-01-02T03:04:05.678901234Z");
  private static final Task.Status STATUS =
      new Task.Status(TaskState.FAILED, NOW, "ended", "exit 3", new Task.Container("c", 7, 3));
  private static final Map<Class<?>, CborMarshaller<?>> MARSHALLERS = new ConcurrentHashMap<>();
  private static final @Nullable Instant NEVER = null;

  private static Task task() {
    return new Task(
        "t1",
        new Version(5, NOW, NOW),
        "s1",
        "web",
        2,
        "n1",
        new ServiceSpec(null, null, null, null, null, null, null, null, null).template(),
        4,
        1,
        TaskState.RUNNING,
        STATUS,
        -1408237567,
        NOW,
        List.of(new PortConfig("p", "tcp", 80, 8080, "host")),
        9,
        NOW,
        NEVER);
  }

  private static SessionMessages.Ingress ingress() {
    return new SessionMessages.Ingress(
        4096,
        0x0a000000,
        16,
        4789,
        0x0a000002,
        List.of(new SessionMessages.IngressPeer("192.0.2.1", 0x0a000003)),
        List.of(new SessionMessages.IngressEndpoint(0x0a000004, "192.0.2.1", "t1")),
        List.of(new SessionMessages.IngressPort("tcp", 80, 8080, List.of(1, -2))));
  }

  /// One of each, and the type that its call names.
  private static Map<Object, Class<?>> messages() {
    var all = new LinkedHashMap<Object, Class<?>>();
    for (Object each :
        List.of(
            new Messages.JoinRequest(new byte[] {1, -1}, "secret", "10.0.0.1"),
            new Messages.JoinReply("cert", "ca", List.of("a:1", "b:2"), new byte[] {3}),
            new Messages.JoinRequest(new byte[] {1}, "secret", "10.0.0.1", "drain"),
            new Messages.JoinReply("cert", "ca", List.of(), null),
            new Messages.JoinReply("cert", "ca", List.of(), null).with("drain"),
            new Messages.JoinReply("cert", "ca", List.of(), new byte[] {3}, new byte[] {4}),
            new Messages.SealKeysRequest(3, new byte[] {5}),
            new Messages.SealKeysReply("r", 1),
            new Messages.RenewRequest(new byte[] {1}, null),
            new Messages.RenewRequest(
                new byte[] {1}, new Messages.Proof("cert", new byte[] {2}, new byte[] {3})),
            new Messages.Challenge(new byte[] {4}),
            new Messages.MemberRequest("n", "r", "a:1"),
            new Messages.MemberReply(Messages.MemberOutcome.REFUSED, "no"),
            new Messages.LeaveRequest(true),
            new Messages.ProposeRequest(new byte[0], Long.MIN_VALUE),
            new Messages.ProposeReply(Long.MAX_VALUE, new byte[300], true, "why"),
            new Messages.Heard(Map.of("n1", -1L, "n2", 5L), "full", 3, Map.of("n1", 9L)),
            new Messages.Heard(Map.of(), null, null, null),
            new Messages.HeardReply(8L),
            new Messages.HeardReply(null),
            new Messages.AttachRequest("front", "c", "box", List.of("shelf"), -1),
            new Messages.AttachReply("a", "w", 5, 404, "no"),
            new Messages.AttachmentsKept(List.of("a")),
            new Messages.Nothing(),
            new Messages.LogsRequest(
                Map.of(
                    "n",
                    new SessionMessages.Subscribe(
                        "s", List.of("t"), true, false, true, -1, "", "z"))),
            new Messages.LogsPart(List.of("n"), "", null),
            new Messages.LogsPart(
                List.of(),
                "n",
                new SessionMessages.LogChunk("s", "t", 1, "", null, true, "gone")))) {
      all.put(each, each.getClass());
    }
    for (SessionMessages.FromAgent each :
        List.of(
            new SessionMessages.Hello(
                new Node.Description("h", "linux", "arm64", 4, 5, "1", Map.of("a", "b")), "a:1"),
            new SessionMessages.Beat(),
            new SessionMessages.Beat(6L),
            new SessionMessages.Statuses(7, List.of(new Observation("t", STATUS))),
            new SessionMessages.Farewell(),
            new SessionMessages.LogChunk("s", "t", 2, "z", new byte[] {9}, false, ""),
            SessionMessages.LogChunk.pausing("s", "t"))) {
      all.put(each, SessionMessages.FromAgent.class);
    }
    for (SessionMessages.FromManager each :
        List.of(
            new SessionMessages.Assignments(
                3, true, true, List.of(task()), List.of("old"), ingress()),
            new SessionMessages.Assignments(3, false, false, List.of(), List.of(), null),
            new SessionMessages.Assignments(
                3,
                false,
                false,
                List.of(),
                List.of(),
                null,
                null,
                null,
                new SessionMessages.Overlays(
                    List.of("w"),
                    List.of(
                        new SessionMessages.OverlayChange(
                            "w",
                            new SessionMessages.OverlayNetwork("front", 1, 4789, 5, 24, true, 0),
                            List.of(
                                new SessionMessages.OverlayEndpoint(
                                    -1, "192.0.2.1", List.of("web.1"), "s", true, "t1")),
                            List.of(7),
                            List.of(
                                new SessionMessages.OverlayService("s", "web", 3, List.of("www"))),
                            List.of("gone")))),
                Map.of("s", new RegistryAuth("me", "secret", "", ""))),
            new SessionMessages.StatusesKept(8),
            new SessionMessages.Managers(
                List.of(),
                new SessionMessages.Credentials("worker", "roots", "issuer"),
                null,
                null),
            new SessionMessages.Managers(List.of("a:1")),
            new SessionMessages.Managers(
                List.of("a:1"),
                null,
                new SessionMessages.GossipChange(
                    true,
                    List.of(new SessionMessages.GossipMember("n", "192.0.2.1", 7946, "key")),
                    List.of("gone"),
                    List.of(new GossipKey(1, "k", true, Instant.EPOCH))),
                Map.of("s", 2L)),
            new SessionMessages.Subscribe("s", List.of("t"), true, true, false, 100, "a", "b"),
            new SessionMessages.Subscribe("s", List.of("t"), true, true, false, 100, "a", "b", 9),
            new SessionMessages.LogCredit("s", "t"),
            new SessionMessages.Unsubscribe("s"))) {
      all.put(each, SessionMessages.FromManager.class);
    }
    return all;
  }

  private static byte[] write(Object message, Class<?> type) {
    return bytes(MARSHALLERS.computeIfAbsent(type, CborMarshaller::new), message);
  }

  @SuppressWarnings("unchecked") // the message is of the marshaller's type
  private static <T> byte[] bytes(CborMarshaller<T> marshaller, Object message) {
    try (var in = marshaller.stream((T) message)) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Object read(byte[] bytes, Class<?> type) {
    return MARSHALLERS
        .computeIfAbsent(type, CborMarshaller::new)
        .parse(new ByteArrayInputStream(bytes));
  }

  // ---- there and back

  @Test
  void everyMessageArrivesAsItWasSent() {
    messages()
        .forEach(
            (message, type) ->
                assertThat(read(write(message, type), type))
                    .usingRecursiveComparison()
                    .isEqualTo(message));
  }

  @Test
  void theListAboveHasEveryMessage() {
    Stream<Class<?>> parts =
        Stream.of(
            Messages.Proof.class,
            SessionMessages.Credentials.class,
            SessionMessages.Ingress.class,
            SessionMessages.IngressPeer.class,
            SessionMessages.GossipChange.class,
            SessionMessages.Overlays.class,
            SessionMessages.OverlayChange.class,
            SessionMessages.OverlayNetwork.class,
            SessionMessages.OverlayEndpoint.class,
            SessionMessages.OverlayService.class,
            SessionMessages.GossipMember.class,
            SessionMessages.IngressEndpoint.class,
            SessionMessages.IngressPort.class);

    assertThat(Stream.concat(messages().keySet().stream().map(Object::getClass), parts).distinct())
        .containsExactlyInAnyOrderElementsOf(
            Stream.of(Messages.class, SessionMessages.class)
                .flatMap(all -> Arrays.stream(all.getDeclaredClasses()))
                .filter(Class::isRecord)
                .toList());
  }

  @Test
  void aNewerNodesFieldsAreIgnored() throws Exception {
    byte[] newer = Wire.CBOR.writeValueAsBytes(Map.of("force", true, "later", Map.of("x", 1)));

    assertThat(read(newer, Messages.LeaveRequest.class)).isEqualTo(new Messages.LeaveRequest(true));
  }

  @Test
  void logsNeverShowSecrets() {
    assertThat(new Messages.JoinRequest(new byte[0], "secret", "a").toString())
        .doesNotContain("secret");
    assertThat(new Messages.JoinReply("c", "ca", List.of(), new byte[] {42}).toString())
        .doesNotContain("42");
    assertThat(new Messages.SealKeysRequest(1, new byte[] {42}).toString()).doesNotContain("42");
  }

  // ---- parts that are missing

  /// What others send to a server.
  private static final Set<Class<?>> REQUESTS =
      Set.of(
          Messages.JoinRequest.class,
          Messages.MemberRequest.class,
          Messages.LeaveRequest.class,
          Messages.ProposeRequest.class,
          Messages.Heard.class,
          Messages.LogsRequest.class,
          SessionMessages.FromAgent.class);

  /// These may be null.
  private static final Set<String> OPTIONAL =
      Set.of("impaired", "data", "container", "availability", "balancing");

  /// Every tree that is like this one but for one part, at whatever depth, that is null or missing.
  private static List<JsonNode> without(JsonNode whole) {
    var all = new ArrayList<JsonNode>();
    whole
        .properties()
        .forEach(
            field -> {
              String name = field.getKey();
              JsonNode part = field.getValue();
              if (!OPTIONAL.contains(name) && !part.isNumber() && !part.isBoolean()) {
                ObjectNode nothing = whole.deepCopy();
                all.add(nothing.putNull(name));
                ObjectNode missing = whole.deepCopy();
                missing.remove(name);
                all.add(missing);
              }
              for (JsonNode less : without(part)) {
                ObjectNode copy = whole.deepCopy();
                all.add(copy.set(name, less));
              }
            });
    for (int i = 0; whole.isArray() && i < whole.size(); i++) {
      ArrayNode nothing = whole.deepCopy();
      nothing.setNull(i);
      all.add(nothing);
      for (JsonNode less : without(whole.get(i))) {
        ArrayNode copy = whole.deepCopy();
        copy.set(i, less);
        all.add(copy);
      }
    }
    return all;
  }

  @Test
  void aRequestWithoutAnyOneOfItsPartsIsNone() {
    var read = new ArrayList<String>();
    messages()
        .forEach(
            (message, type) -> {
              if (!REQUESTS.contains(type)) {
                return;
              }
              try {
                for (JsonNode less : without(Wire.CBOR.readTree(write(message, type)))) {
                  if (reads(Wire.CBOR.writeValueAsBytes(less), type)) {
                    read.add(type.getSimpleName() + " " + less);
                  }
                }
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            });
    // a map's entry may be missing: it has no other parts
    assertThat(read)
        .containsExactlyInAnyOrder(
            "LogsRequest {\"wanted\":{}}",
            "FromAgent {\"t\":\"hello\",\"description\":{\"hostname\":\"h\",\"os\":\"linux\","
                + "\"architecture\":\"arm64\",\"nanoCpus\":4,\"memoryBytes\":5,"
                + "\"engineVersion\":\"1\",\"engineLabels\":{}},\"address\":\"a:1\"}");
  }

  private static boolean reads(byte[] bytes, Class<?> type) {
    try {
      return read(bytes, type) != null;
    } catch (UnreadableMessageException e) {
      assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
      return false;
    }
  }

  // ---- hostile bytes

  private static void readsOrRefuses(byte[] bytes, Class<?> type) {
    try {
      assertThat(read(bytes, type)).isInstanceOf(type);
    } catch (UnreadableMessageException e) {
      assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    }
  }

  @Test
  void randomBytesAreReadOrRefused() {
    var random = new Random(11);
    for (Class<?> type : messages().values().stream().distinct().toList()) {
      for (int turn = 0; turn < 500; turn++) {
        byte[] bytes = new byte[random.nextInt(60)];
        random.nextBytes(bytes);
        readsOrRefuses(bytes, type);
      }
    }
  }

  @Test
  void damagedMessagesAreReadOrRefused() {
    var random = new Random(12);
    messages()
        .forEach(
            (message, type) -> {
              byte[] good = write(message, type);
              for (int cut = 0; cut < good.length; cut++) {
                readsOrRefuses(Arrays.copyOf(good, cut), type);
              }
              for (int turn = 0; turn < 200; turn++) {
                byte[] bad = good.clone();
                for (int i = 0; i <= turn % 3; i++) {
                  bad[random.nextInt(bad.length)] = (byte) random.nextInt();
                }
                readsOrRefuses(bad, type);
              }
            });
  }

  static Stream<byte[]> bombs() {
    byte[] length = {0x7f, -1, -1, -1, -1, -1, -1, -1};
    byte[] gigabytes = {0, 0, 0, 0, 0x7f, -1, -1, -1};
    return Stream.of(
        announce(0x5b, length), // a byte string of 2^63 bytes
        announce(0x5b, gigabytes),
        announce(0x7b, length), // a text
        announce(0x7b, gigabytes),
        announce(0x9b, length), // an array
        announce(0x9b, gigabytes),
        announce(0xbb, length), // a map
        announce(0xbb, gigabytes),
        inside("request", announce(0x5b, gigabytes)),
        inside("secret", announce(0x7b, gigabytes)),
        inside("managers", announce(0x9b, gigabytes)),
        inside("silentMillis", announce(0xbb, gigabytes)),
        inside("later", announce(0x9b, gigabytes)),
        repeated(0x81, 1_000_000), // arrays in arrays
        repeated(0x9f, 1_000_000),
        inside("later", repeated(0x81, 1_000_000)),
        inside("managers", repeated(0x81, 1_000_000)),
        repeated(0xc1, 1_000_000), // tags of tags
        repeated(0xa1, 1_000_000));
  }

  private static byte[] announce(int head, byte[] length) {
    byte[] all = new byte[1 + length.length + 3];
    all[0] = (byte) head;
    System.arraycopy(length, 0, all, 1, length.length);
    return all;
  }

  private static byte[] repeated(int head, int times) {
    byte[] all = new byte[times];
    Arrays.fill(all, (byte) head);
    return all;
  }

  /// A map with one field.
  private static byte[] inside(String field, byte[] value) {
    byte[] all = new byte[2 + field.length() + value.length];
    all[0] = (byte) 0xa1;
    all[1] = (byte) (0x60 + field.length());
    for (int i = 0; i < field.length(); i++) {
      all[2 + i] = (byte) field.charAt(i);
    }
    System.arraycopy(value, 0, all, 2 + field.length(), value.length);
    return all;
  }

  @ParameterizedTest
  @MethodSource("bombs")
  void whatAnnouncesMuchTakesLittle(byte[] bomb) {
    for (Class<?> type : messages().values().stream().distinct().toList()) {
      assertThatThrownBy(() -> read(bomb, type)).isInstanceOf(UnreadableMessageException.class);
    }
  }
}
