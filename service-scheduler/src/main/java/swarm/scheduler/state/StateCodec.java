package swarm.scheduler.state;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.SequenceWriter;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.pcollections.TreePMap;
import swarm.scheduler.model.AdditionLabels;
import swarm.scheduler.model.Attachment;
import swarm.scheduler.model.Cluster;
import swarm.scheduler.model.Network;
import swarm.scheduler.model.Node;
import swarm.scheduler.model.Payload;
import swarm.scheduler.model.PayloadKind;
import swarm.scheduler.model.Service;
import swarm.scheduler.model.Task;
import swarm.scheduler.model.Wire;

/// Bytes of commands, results and snapshots. Each begins with a format number, so that a manager
/// can tell what it cannot read from what is broken. A snapshot is streamed, object by object: its
/// memory does not grow with the state.
public final class StateCodec {
  /// The snapshot format that this version writes, and the newest that it reads. In format 2 what
  /// tasks are made from is written once ([SnapshotTasks]); format 1 had it in every task. Format 3
  /// has secrets and configs, format 4 networks, or what services ask for by reserved labels,
  /// format 5 ports that nodes chose; without any, an earlier one is written, which older builds
  /// read, too.
  public static final int SNAPSHOT_FORMAT = 5;

  private static final int WITH_NETWORKS = 4;
  private static final int WITH_PAYLOADS = 3;
  private static final int WITHOUT_PAYLOADS = 2;
  private static final int OLDEST_SNAPSHOT_FORMAT = 1;

  private static final ObjectWriter COMMANDS = Wire.CBOR.writerFor(Command.class);
  private static final ObjectReader COMMANDS_READ = Wire.CBOR.readerFor(Command.class);
  private static final ObjectWriter RESULTS = Wire.CBOR.writerFor(CommandResult.class);
  private static final ObjectReader RESULTS_READ = Wire.CBOR.readerFor(CommandResult.class);

  /// Rows fill whole buffers: flushed one by one, each would be compressed in a call of its own.
  private static final ObjectWriter ROWS =
      Wire.CBOR.writerFor(Row.class).without(SerializationFeature.FLUSH_AFTER_WRITE_VALUE);

  private StateCodec() {}

  /// Writes a command.
  public static byte[] encode(Command command) {
    try {
      byte[] body = COMMANDS.writeValueAsBytes(command);
      byte[] all = new byte[body.length + 1];
      all[0] = (byte) CommandFormat.of(command);
      System.arraycopy(body, 0, all, 1, body.length);
      return all;
    } catch (JsonProcessingException e) {
      // not the command itself: it may hold keys
      throw new IllegalStateException(
          "a command that cannot be written: " + command.getClass().getSimpleName(), e);
    }
  }

  /// The format of what [#encode] wrote, as [CommandFormat] has it.
  public static int format(byte[] bytes) {
    return bytes[0];
  }

  /// Reads what [#encode] wrote.
  ///
  /// @throws IOException for a format or a command that this version does not know: the caller must
  ///   stop, or its state would part from the others'
  public static Command decode(byte[] bytes) throws IOException {
    if (bytes.length == 0 || !CommandFormat.known(bytes[0])) {
      throw new IOException(
          "command format "
              + (bytes.length == 0 ? "(empty)" : Integer.toString(bytes[0]))
              + " is newer than "
              + CommandFormat.NEWEST
              + ": this manager is older than the one that wrote it; upgrade it");
    }
    return COMMANDS_READ.readValue(bytes, 1, bytes.length - 1);
  }

  /// Writes a result for the proposer.
  public static byte[] encode(CommandResult result) {
    try {
      return RESULTS.writeValueAsBytes(result);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a result that cannot be written: " + result, e);
    }
  }

  /// Reads what was written of a result.
  public static CommandResult decodeResult(byte[] bytes) throws IOException {
    return RESULTS_READ.readValue(bytes);
  }

  private record Header(int format, long index, @Nullable Cluster cluster, int ingressCursor) {}

  private record Revoked(String nodeId, Instant until) {}

  /// What was given last, of networks' numbers and of each network's addresses.
  private record Cursors(int lastVni, Map<String, Integer> addresses) {}

  private record Row(
      @Nullable Node node,
      @Nullable Service service,
      @Nullable Task task,
      @Nullable Revoked revoked,
      SnapshotTasks.@Nullable Template template,
      SnapshotTasks.@Nullable Made made,
      @Nullable Payload payload,
      @Nullable Network network,
      @Nullable Cursors cursors,
      @Nullable Attachment attachment) {
    static Row of(Node node) {
      return new Row(node, null, null, null, null, null, null, null, null, null);
    }

    static Row of(Service service) {
      return new Row(null, service, null, null, null, null, null, null, null, null);
    }

    static Row of(Revoked revoked) {
      return new Row(null, null, null, revoked, null, null, null, null, null, null);
    }

    static Row of(SnapshotTasks.Template template) {
      return new Row(null, null, null, null, template, null, null, null, null, null);
    }

    static Row of(SnapshotTasks.Made made) {
      return new Row(null, null, null, null, null, made, null, null, null, null);
    }

    static Row of(Network network) {
      return new Row(null, null, null, null, null, null, null, network, null, null);
    }

    static Row of(Attachment attachment) {
      return new Row(null, null, null, null, null, null, null, null, null, attachment);
    }

    static Row of(Cursors cursors) {
      return new Row(null, null, null, null, null, null, null, null, cursors, null);
    }

    static Row of(Payload payload) {
      return new Row(null, null, null, null, null, null, payload, null, null, null);
    }
  }

  /// Writes a whole state.
  public static void write(ClusterState state, OutputStream out) throws IOException {
    try (JsonGenerator generator = Wire.CBOR.getFactory().createGenerator(out)) {
      generator.disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
      Wire.CBOR.writeValue(
          generator,
          new Header(format(state), state.index(), state.cluster(), state.ingressCursor()));
      SequenceWriter rows = ROWS.writeValues(generator);
      for (Node node : state.nodes().values()) {
        rows.write(Row.of(node));
      }
      // before those who have addresses on them
      for (Network network : state.networks().byId().values()) {
        rows.write(Row.of(network));
      }
      for (Service service : state.services().values()) {
        rows.write(Row.of(service));
      }
      var tasks = new SnapshotTasks.Writer();
      for (Task task : state.tasks().values()) {
        SnapshotTasks.Template template = tasks.newTemplate(task);
        if (template != null) {
          rows.write(Row.of(template));
        }
        rows.write(Row.of(tasks.made(task)));
      }
      for (PayloadKind kind : PayloadKind.values()) {
        for (Payload payload : state.payloads(kind).byId().values()) {
          rows.write(Row.of(payload));
        }
      }
      for (Attachment attachment : state.networks().attachments().values()) {
        rows.write(Row.of(attachment));
      }
      if (state.networks().lastVni() != 0) { // after them: putting each of them moved it
        rows.write(Row.of(new Cursors(state.networks().lastVni(), state.networks().cursors())));
      }
      for (var revoked : state.revoked().entrySet()) {
        rows.write(Row.of(new Revoked(revoked.getKey(), revoked.getValue())));
      }
    }
  }

  private static int format(ClusterState state) {
    if (state.tasks().values().stream().anyMatch(task -> task.status().published() != null)
        || (state.cluster() != null && !state.cluster().ingress().usual())) {
      return SNAPSHOT_FORMAT;
    }
    if (state.networks().lastVni() != 0
        || state.services().values().stream().anyMatch(StateCodec::added)) {
      return WITH_NETWORKS;
    }
    return state.secrets().byId().isEmpty() && state.configs().byId().isEmpty()
        ? WITHOUT_PAYLOADS
        : WITH_PAYLOADS;
  }

  /// A way back leads to what the previous spec asked for.
  private static boolean added(Service service) {
    return service.rebalance() != null
        || service.auth() != null
        || AdditionLabels.added(service.spec())
        || (service.previousSpec() != null && AdditionLabels.added(service.previousSpec()));
  }

  /// Reads a whole state.
  public static ClusterState read(InputStream in) throws IOException {
    try (JsonParser parser = Wire.CBOR.getFactory().createParser(in)) {
      Header header = Wire.CBOR.readValue(parser, Header.class);
      if (header.format() < OLDEST_SNAPSHOT_FORMAT || header.format() > SNAPSHOT_FORMAT) {
        throw new IOException(
            "snapshot format "
                + header.format()
                + " is not one of "
                + OLDEST_SNAPSHOT_FORMAT
                + " to "
                + SNAPSHOT_FORMAT
                + ": upgrade this manager");
      }
      var builder = new StateBuilder(ClusterState.EMPTY, header.index());
      Cluster cluster = header.cluster();
      if (cluster != null) {
        builder.put(cluster);
      }
      ObjectReader rows = Wire.CBOR.readerFor(Row.class);
      var tasks = new SnapshotTasks.Reader(builder::service);
      while (parser.nextToken() != null) {
        put(builder, tasks, rows.readValue(parser));
      }
      return builder.buildAt(header.ingressCursor());
    }
  }

  private static void put(StateBuilder builder, SnapshotTasks.Reader tasks, Row row)
      throws IOException {
    if (row.node() != null) {
      builder.put(row.node());
    }
    if (row.service() != null) {
      builder.put(row.service());
    }
    if (row.task() != null) {
      builder.put(row.task());
    }
    if (row.template() != null) {
      tasks.learn(row.template());
    }
    if (row.made() != null) {
      builder.put(tasks.task(row.made()));
    }
    if (row.payload() != null) {
      builder.put(row.payload());
    }
    if (row.network() != null) {
      builder.put(row.network());
    }
    if (row.attachment() != null) {
      builder.put(row.attachment());
    }
    if (row.cursors() != null) {
      builder.putCursors(row.cursors().lastVni(), TreePMap.from(row.cursors().addresses()));
    }
    if (row.revoked() != null) {
      builder.putRevoked(row.revoked().nodeId(), row.revoked().until());
    }
  }
}
