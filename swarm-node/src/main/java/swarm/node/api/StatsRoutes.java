package swarm.node.api;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.Optional;
import swarm.node.api.error.ApiException;
import swarm.node.api.view.Stats;
import swarm.runtime.container.Container;
import swarm.runtime.container.ContainerEngine;
import swarm.runtime.container.ContainerState;
import swarm.runtime.container.ContainerStats;
import swarm.runtime.container.EngineException;
import swarm.runtime.container.ProcessTable;
import swarm.runtime.container.StatsWatch;
import swarm.scheduler.model.Wire;

/// What containers run and use: `top` and `stats`.
final class StatsRoutes {
  private final ContainerEngine engine;

  StatsRoutes(Daemon daemon) {
    this.engine = daemon.engine();
  }

  void add(Router router) {
    router.add("GET", "/containers/{id}/top", this::top);
    router.add("GET", "/containers/{id}/stats", this::stats);
  }

  private void top(Call call) throws IOException, EngineException, InterruptedException {
    ProcessTable table = engine.top(call.path("id"), call.query("ps_args"));
    call.grown(
        out -> {
          JsonGenerator json = Wire.JSON.createGenerator(out);
          json.writeStartObject();
          json.writeFieldName("Titles");
          write(table.titles(), json);
          json.writeArrayFieldStart("Processes");
          for (List<String> row : table.rows()) {
            write(row, json);
          }
          json.writeEndArray();
          json.writeEndObject();
          json.flush();
        });
  }

  private static void write(List<String> words, JsonGenerator json) throws IOException {
    json.writeStartArray();
    for (String word : words) {
      json.writeString(word);
    }
    json.writeEndArray();
  }

  private void stats(Call call)
      throws IOException, ApiException, EngineException, InterruptedException {
    boolean stream = call.flag("stream", true);
    boolean once = call.flag("one-shot");
    if (stream && once) {
      throw ApiException.bad("cannot have stream=true and one-shot=true");
    }
    Container container = engine.get(call.path("id"));
    if (!stream && (once || container.state() != ContainerState.RUNNING)) {
      Optional<ContainerStats> now =
          container.state().isLive() ? Optional.of(engine.stats(container.id())) : Optional.empty();
      call.respond(200, Stats.sample(container, now, Optional.empty()));
      return;
    }
    try (StatsWatch watch = engine.watchStats(container.id())) {
      call.exchange().onClientGone(watch::close);
      if (stream) {
        stream(call, watch);
      } else {
        second(call, watch);
      }
    }
  }

  private void stream(Call call, StatsWatch watch)
      throws IOException, EngineException, InterruptedException {
    try (OutputStream out = call.stream("application/json")) {
      Optional<ContainerStats> before = Optional.empty();
      for (var sample = watch.next(); sample.isPresent(); sample = watch.next()) {
        Optional<ContainerStats> now = sample.get().stats();
        out.write(Router.line(Stats.sample(engine.get(call.path("id")), now, before)));
        before = now;
      }
    }
  }

  /// Percentages need two samples.
  private void second(Call call, StatsWatch watch)
      throws IOException, ApiException, EngineException, InterruptedException {
    Optional<StatsWatch.Sample> first = watch.next();
    Optional<StatsWatch.Sample> second = watch.next();
    if (first.isEmpty() || second.isEmpty()) {
      throw ApiException.missing("No such container: " + call.path("id"));
    }
    Container container = engine.get(call.path("id"));
    call.respond(200, Stats.sample(container, second.get().stats(), first.get().stats()));
  }
}
