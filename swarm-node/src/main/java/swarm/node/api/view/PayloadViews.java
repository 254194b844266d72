package swarm.node.api.view;

import com.fasterxml.jackson.databind.node.ObjectNode;
import swarm.scheduler.model.Payload;
import swarm.scheduler.model.PayloadSpec;
import swarm.scheduler.model.Wire;

/// How secrets and configs look in the API: of a secret, its data is never shown. Pure.
public final class PayloadViews {
  private PayloadViews() {}

  /// One of them.
  public static ObjectNode of(Payload payload) {
    ObjectNode node = SwarmViews.head(payload.id(), payload.version());
    PayloadSpec shown =
        switch (payload.kind()) {
          case SECRET -> payload.spec().withoutData();
          case CONFIG -> payload.spec();
        };
    ObjectNode spec = Wire.JSON.valueToTree(shown);
    if (!spec.path("Labels").isObject()) {
      spec.putObject("Labels");
    }
    node.set("Spec", spec);
    return node;
  }
}
