package swarm.node.api.view;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeSet;
import swarm.scheduler.model.NetworkAddress;
import swarm.scheduler.model.Node;
import swarm.scheduler.model.Schedule;
import swarm.scheduler.model.Service;
import swarm.scheduler.model.ServiceAdditions;
import swarm.scheduler.model.ServiceSpec;
import swarm.scheduler.model.Subnet;
import swarm.scheduler.model.Task;
import swarm.scheduler.model.TaskState;
import swarm.scheduler.model.Wire;
import swarm.scheduler.state.ClusterState;

/// How services look in the API. What is rendered once is kept as long as the service does not
/// change: lists are asked for again and again, by every dashboard. Thread-safe.
public final class ServiceViews {
  /// Some ten thousand services.
  private static final int MAX_KEPT_BYTES = 16 * 1024 * 1024;

  private final Cache<Service, byte[]> rendered =
      Caffeine.newBuilder()
          .weakKeys() // compared by identity: another version of a service is another object
          .maximumWeight(MAX_KEPT_BYTES)
          .weigher((Service _, byte[] json) -> json.length)
          .executor(Runnable::run)
          .build();

  /// One service as JSON.
  public byte[] one(Service service) {
    return rendered.get(service, s -> json(view(s)));
  }

  /// One service as JSON, with what holds where its spec says nothing: not to be posted back by who
  /// wants it to stay as it is.
  public byte[] withDefaults(Service service) {
    ObjectNode node = view(service);
    ServiceDefaults.fill(node.withObject("/Spec"));
    return json(node);
  }

  /// Writes services as a JSON array.
  ///
  /// @param withStatus whether to count each one's tasks, too
  public void list(ClusterState state, List<Service> services, boolean withStatus, OutputStream out)
      throws IOException {
    out.write('[');
    String separator = "";
    for (Service service : services) {
      out.write(ascii(separator));
      separator = ",";
      byte[] json = one(service);
      if (withStatus) {
        out.write(json, 0, json.length - 1); // the status goes before the closing brace
        out.write(ascii(",\"ServiceStatus\":"));
        out.write(json(status(state, service)));
        out.write('}');
      } else {
        out.write(json);
      }
    }
    out.write(']');
  }

  private static byte[] ascii(String text) {
    return text.getBytes(java.nio.charset.StandardCharsets.US_ASCII);
  }

  private static byte[] json(ObjectNode node) {
    try {
      return Wire.JSON.writeValueAsBytes(node);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a tree that cannot be written", e);
    }
  }

  private static ObjectNode view(Service s) {
    ObjectNode node = SwarmViews.head(s.id(), s.version());
    node.set("Spec", spec(s.spec()));
    if (s.previousSpec() != null) {
      node.set("PreviousSpec", spec(s.previousSpec()));
    }
    ObjectNode endpoint = node.putObject("Endpoint");
    ObjectNode endpointSpec = endpoint.putObject("Spec");
    if (s.spec().endpointSpec() != null) {
      endpoint.set("Spec", Wire.JSON.valueToTree(s.spec().endpointSpec()));
    } else if (!s.ports().isEmpty() || !s.virtualIpsOrNone().isEmpty()) {
      endpointSpec.put("Mode", "vip");
    }
    if (!s.ports().isEmpty()) {
      ArrayNode ports = endpoint.putArray("Ports");
      s.ports().forEach(p -> ports.add(SwarmViews.port(p)));
    }
    if (!s.virtualIpsOrNone().isEmpty()) {
      ArrayNode addresses = endpoint.putArray("VirtualIPs");
      for (NetworkAddress each : s.virtualIpsOrNone()) {
        addresses
            .addObject()
            .put("NetworkID", each.networkId())
            .put("Addr", Subnet.text(each.address()));
      }
    }
    if (s.update() != null) {
      ObjectNode update = node.putObject("UpdateStatus");
      update.put("State", s.update().state().name().toLowerCase(Locale.ROOT));
      update.put("StartedAt", s.update().startedAt().toString());
      if (s.update().completedAt() != null) {
        update.put("CompletedAt", s.update().completedAt().toString());
      }
      update.put("Message", s.update().message());
    }
    if (s.job() != null) {
      ObjectNode job = node.putObject("JobStatus");
      job.putObject("JobIteration").put("Index", s.job().iteration());
      if (s.begun()) {
        job.put("LastExecution", s.job().lastExecution().toString());
      }
      next(s).ifPresent(at -> job.put("NextExecution", at.toString()));
    }
    return node;
  }

  /// When a scheduled job runs next, a field of ours: it does so in this instant where that is
  /// past.
  private static Optional<Instant> next(Service s) {
    Schedule schedule = ServiceAdditions.of(s.spec()).schedule();
    Service.JobStatus job = s.job();
    Service.Scheduled scheduled = job == null ? null : job.scheduled();
    return schedule == null || scheduled == null
        ? Optional.empty()
        : schedule.next(scheduled.handled());
  }

  /// What the user wrote, and how many tasks that means where he said nothing: Docker's command
  /// needs the numbers.
  private static ObjectNode spec(ServiceSpec spec) {
    ObjectNode node = Wire.JSON.valueToTree(spec);
    if (spec.job()) {
      if (!spec.global()) {
        node.withObject("/Mode/ReplicatedJob")
            .put("MaxConcurrent", spec.concurrent())
            .put("TotalCompletions", spec.completions());
      }
    } else if (!spec.global()) {
      node.withObject("/Mode/Replicated").put("Replicas", spec.replicas());
    }
    return node;
  }

  private static ObjectNode status(ClusterState state, Service s) {
    int running = 0;
    int wanted = 0;
    var completed = new TreeSet<String>();
    for (Task task : state.tasksOfService(s.id())) {
      if (s.spec().job() && !Objects.equals(task.jobIteration(), s.iteration())) {
        continue; // of an earlier execution
      }
      boolean alive =
          task.nodeId().isEmpty() || state.node(task.nodeId()).map(Node::alive).orElse(false);
      if (task.status().state() == TaskState.RUNNING
          && !task.leaving()
          && task.desired() != TaskState.READY
          && alive) {
        running++;
      }
      if (s.spec().job() && task.status().state() == TaskState.COMPLETE) {
        // two attempts may complete where the first was taken for lost
        completed.add(s.spec().global() ? task.nodeId() : Integer.toString(task.slot()));
      }
      if (!task.leaving()) {
        wanted++;
      }
    }
    return Wire.JSON
        .createObjectNode()
        .put("RunningTasks", running)
        .put("DesiredTasks", s.spec().global() ? wanted : mostAtOnce(s.spec()))
        .put("CompletedTasks", completed.size());
  }

  /// Of a job as many as may go on at the same time, also where all have completed, as Docker says.
  private static int mostAtOnce(ServiceSpec spec) {
    return spec.job() ? spec.concurrent() : spec.replicas();
  }
}
