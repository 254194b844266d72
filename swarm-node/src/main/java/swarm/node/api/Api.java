package swarm.node.api;

import swarm.node.api.http.HttpHandler;
import swarm.scheduler.model.PayloadKind;

/// The whole API of a daemon.
public final class Api {
  private Api() {}

  /// Every route.
  public static HttpHandler routes(Daemon daemon) {
    var router = new Router();
    new SystemRoutes(daemon).add(router);
    new NetworkRoutes(daemon).add(router);
    new ImageRoutes(daemon).add(router);
    new ContainerRoutes(daemon).add(router);
    new AttachRoutes(daemon).add(router);
    new ExecRoutes(daemon).add(router);
    new StatsRoutes(daemon).add(router);
    new UpdateRoutes(daemon).add(router);
    new ArchiveRoutes(daemon).add(router);
    new CommitRoute(daemon).add(router);
    new BuildRoutes(daemon).add(router);
    new VolumeRoutes(daemon).add(router);
    new SwarmRoutes(daemon).add(router);
    new NodeRoutes(daemon).add(router);
    new ServiceRoutes(daemon).add(router);
    new PayloadRoutes(daemon, PayloadKind.SECRET).add(router);
    new PayloadRoutes(daemon, PayloadKind.CONFIG).add(router);
    new ServiceLogRoutes(daemon).add(router);
    new DiagnoseRoute(daemon).add(router);
    new MetricsRoutes(daemon).add(router);
    return router;
  }
}
