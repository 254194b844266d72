package swarm.node.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import swarm.node.api.check.JsonShape;
import swarm.node.api.check.JsonValues;
import swarm.node.api.error.ApiException;
import swarm.node.api.filter.VolumeFilter;
import swarm.node.api.view.VolumeViews;
import swarm.node.membership.Membership;
import swarm.runtime.json.JsonType;
import swarm.runtime.volume.Volume;
import swarm.runtime.volume.VolumeException;
import swarm.runtime.volume.VolumeRequest;
import swarm.runtime.volume.VolumeStore;
import swarm.scheduler.model.Wire;

/// `/volumes/...`.
final class VolumeRoutes {
  private static final JsonShape CREATE =
      new JsonShape()
          .with(JsonType.TEXT, "Name", "Driver")
          .with(JsonType.MAP, "DriverOpts", "Labels")
          .with(JsonType.OBJECT, "ClusterVolumeSpec");

  /// The first version of the API that leaves named volumes alone when it prunes.
  private static final int ANONYMOUS_ONLY_MINOR = 42;

  private final Daemon daemon;
  private final VolumeStore volumes;

  VolumeRoutes(Daemon daemon) {
    this.daemon = daemon;
    this.volumes = daemon.engine().volumes();
  }

  void add(Router router) {
    router.add("GET", "/volumes", this::list);
    router.add("POST", "/volumes/create", this::create);
    router.add("POST", "/volumes/prune", this::prune);
    router.add(
        "GET",
        "/volumes/{name}",
        call -> call.respond(200, VolumeViews.of(volumes.get(call.path("name")))));
    router.add("PUT", "/volumes/{name}", this::update);
    router.add("DELETE", "/volumes/{name}", this::remove);
  }

  private void list(Call call) throws IOException, ApiException {
    ObjectNode answer = Wire.JSON.createObjectNode();
    ArrayNode rows = answer.putArray("Volumes");
    for (Volume volume :
        VolumeFilter.apply(
            volumes.list(), call.filters(), v -> volumes.users(v.name()).isEmpty())) {
      rows.add(VolumeViews.of(volume));
    }
    answer.putArray("Warnings");
    call.respond(200, answer);
  }

  private void create(Call call) throws IOException, ApiException {
    JsonNode body = call.json();
    CREATE.check(body, "");
    if (JsonValues.saysWithin(body.path("ClusterVolumeSpec"))) {
      throw ApiException.unimplemented("a cluster volume");
    }
    var wanted =
        new VolumeRequest(
            JsonValues.text(body, "Name"),
            JsonValues.text(body, "Driver"),
            JsonValues.map(body.path("DriverOpts")),
            JsonValues.map(body.path("Labels")));
    Volume made;
    try {
      made = volumes.create(wanted);
    } catch (VolumeException e) {
      throw e;
    } catch (IOException e) {
      throw ArchiveRoutes.failed("create " + wanted.name(), e);
    }
    call.respond(201, VolumeViews.of(made));
  }

  private void prune(Call call) throws IOException, ApiException {
    boolean always = call.minor() < ANONYMOUS_ONLY_MINOR;
    VolumeStore.Pruned gone = volumes.prune(VolumeFilter.pruned(call.filters(), always));
    ObjectNode answer = Wire.JSON.createObjectNode();
    gone.names().forEach(answer.putArray("VolumesDeleted")::add);
    answer.put("SpaceReclaimed", gone.bytes());
    call.respond(200, answer);
  }

  /// Only volumes of a cluster can be changed, of which there are none.
  private void update(Call call) throws ApiException {
    if (daemon.membership().active().flatMap(Membership.Active::manager).isEmpty()) {
      throw new ApiException(
          503, "volume update only valid for cluster volumes, but swarm is unavailable");
    }
    throw ApiException.missing("volume " + call.path("name") + " not found");
  }

  private void remove(Call call) throws IOException {
    try {
      volumes.remove(call.path("name"));
    } catch (VolumeException e) {
      boolean gone = e.kind() == VolumeException.Kind.NOT_FOUND && call.flag("force");
      if (!gone) {
        throw e;
      }
    }
    call.noContent();
  }
}
