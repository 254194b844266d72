package swarm.node.api;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Objects;
import swarm.node.api.check.JsonShape;
import swarm.node.api.error.ApiException;
import swarm.node.control.Manager;
import swarm.node.membership.Backup;
import swarm.node.membership.MembershipException;
import swarm.runtime.json.JsonType;
import swarm.scheduler.model.Cluster;
import swarm.scheduler.model.Wire;

/// `/swarm/unlock...` as Docker has it; `/swarm/backup` and `/swarm/restore` are ours.
///
/// - `POST /swarm/backup`: answers with the backup as `application/octet-stream`. The header
///   `X-Swarm-Backup-Passphrase` has the passphrase, UTF-8 in base64, at least
///   [Backup#LEAST_PASSPHRASE] characters of it.
/// - `POST /swarm/restore?listenAddr=&advertiseAddr=`: the body is a backup, the header as above.
///   Answers with the node's id. `?verify=1` only reads it, on any daemon, and answers with what it
///   holds.
final class RecoveryRoutes {
  private static final JsonShape UNLOCK = new JsonShape().with(JsonType.TEXT, "UnlockKey");
  private static final String PASSPHRASE = "X-Swarm-Backup-Passphrase";

  private final Daemon daemon;

  RecoveryRoutes(Daemon daemon) {
    this.daemon = daemon;
  }

  void add(Router router) {
    router.add("GET", "/swarm/unlockkey", this::unlockKey);
    router.add("POST", "/swarm/unlock", this::unlock);
    router.add("POST", "/swarm/backup", this::backup);
    router.add("POST", "/swarm/restore", this::restore);
  }

  private void unlockKey(Call call) throws IOException, ApiException, InterruptedException {
    Manager manager = ClusterAccess.manager(daemon);
    Cluster cluster = ClusterAccess.fresh(daemon, manager, call).cluster();
    if (cluster == null) {
      throw new ApiException(503, "the swarm is not formed yet; try again");
    }
    call.respond(
        200,
        Wire.JSON
            .createObjectNode()
            .put("UnlockKey", Objects.requireNonNullElse(cluster.tokens().unlockKey(), "")));
  }

  private void unlock(Call call)
      throws IOException, ApiException, MembershipException, InterruptedException {
    var body = call.json();
    UNLOCK.check(body, "");
    daemon.membership().unlock(body.path("UnlockKey").asText(""));
    call.exchange().respond(200, "application/json", new byte[0]);
  }

  private static String passphrase(Call call) throws ApiException {
    String text;
    try {
      text =
          new String(
              Base64.getDecoder().decode(call.exchange().header(PASSPHRASE).orElse("")),
              StandardCharsets.UTF_8);
    } catch (IllegalArgumentException _) {
      throw ApiException.bad("the header " + PASSPHRASE + " must be base64");
    }
    if (text.length() < Backup.LEAST_PASSPHRASE) {
      throw ApiException.bad(
          "the passphrase (header "
              + PASSPHRASE
              + ", in base64) must have at least "
              + Backup.LEAST_PASSPHRASE
              + " characters; this one has "
              + text.length());
    }
    return text;
  }

  private void backup(Call call)
      throws IOException, ApiException, MembershipException, InterruptedException {
    String passphrase = passphrase(call);
    var standby = daemon.membership().standby();
    if (standby.isPresent()) {
      throw new ApiException(503, standby.get().why());
    }
    Backup.Contents contents = daemon.membership().backup();
    try (OutputStream out =
        new BufferedOutputStream(call.stream("application/octet-stream"), 64 * 1024)) {
      Backup.write(contents, passphrase, out);
    }
  }

  private void restore(Call call)
      throws IOException, ApiException, MembershipException, InterruptedException {
    String passphrase = passphrase(call);
    Backup.Contents contents;
    try {
      contents = Backup.read(call.exchange().body(), passphrase);
      ObjectNode summary =
          Wire.JSON
              .createObjectNode()
              .put("ClusterID", contents.cluster().id())
              .put("Index", contents.state().index())
              .put("CreatedAt", contents.at().toString())
              .put("Nodes", contents.state().nodes().size())
              .put("Services", contents.state().services().size())
              .put("Tasks", contents.state().tasks().size());
      if (call.flag("verify")) {
        call.respond(200, summary);
        return;
      }
    } catch (IOException e) {
      throw ApiException.bad(String.valueOf(e.getMessage()));
    }
    call.respond(
        200,
        daemon
            .membership()
            .restore(contents, call.query("listenAddr"), call.query("advertiseAddr")));
  }
}
