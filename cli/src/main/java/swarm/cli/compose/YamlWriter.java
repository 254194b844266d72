package swarm.cli.compose;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.snakeyaml.engine.v2.api.DumpSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Present;
import org.snakeyaml.engine.v2.common.FlowStyle;
import org.snakeyaml.engine.v2.common.ScalarStyle;
import org.snakeyaml.engine.v2.events.DocumentEndEvent;
import org.snakeyaml.engine.v2.events.DocumentStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.ImplicitTuple;
import org.snakeyaml.engine.v2.events.MappingEndEvent;
import org.snakeyaml.engine.v2.events.MappingStartEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.events.SequenceEndEvent;
import org.snakeyaml.engine.v2.events.SequenceStartEvent;
import org.snakeyaml.engine.v2.events.StreamEndEvent;
import org.snakeyaml.engine.v2.events.StreamStartEvent;

/// A tree as YAML text, in the style of Docker's command.
final class YamlWriter {
  /// Texts that YAML 1.1 takes for truth values are quoted, for those who read it so.
  private static final Set<String> OLD_TRUTHS =
      Set.of(
          "y", "Y", "yes", "Yes", "YES", "on", "On", "ON", "n", "N", "no", "No", "NO", "off", "Off",
          "OFF");

  private static final String OLD_SIXTIES = "[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(\\.[0-9_]*)?";
  private static final String DATES = "[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}.*";

  private YamlWriter() {}

  static String write(JsonNode tree) {
    var events = new ArrayList<Event>();
    events.add(new StreamStartEvent());
    events.add(new DocumentStartEvent(false, Optional.empty(), Map.of()));
    add(tree, events);
    events.add(new DocumentEndEvent(false));
    events.add(new StreamEndEvent());
    DumpSettings settings =
        DumpSettings.builder()
            .setIndent(2)
            .setIndicatorIndent(2)
            .setIndentWithIndicator(true)
            .setUseUnicodeEncoding(true)
            .setWidth(Integer.MAX_VALUE)
            .setSplitLines(false)
            .build();
    return new Present(settings).emitToString(events.iterator());
  }

  private static void add(JsonNode node, List<Event> events) {
    if (node.isObject()) {
      FlowStyle style = node.isEmpty() ? FlowStyle.FLOW : FlowStyle.BLOCK;
      events.add(new MappingStartEvent(Optional.empty(), Optional.empty(), true, style));
      for (var member : node.properties()) {
        text(member.getKey(), events);
        add(member.getValue(), events);
      }
      events.add(new MappingEndEvent());
    } else if (node.isArray()) {
      FlowStyle style = node.isEmpty() ? FlowStyle.FLOW : FlowStyle.BLOCK;
      events.add(new SequenceStartEvent(Optional.empty(), Optional.empty(), true, style));
      node.forEach(item -> add(item, events));
      events.add(new SequenceEndEvent());
    } else if (node.isTextual()) {
      text(node.textValue(), events);
    } else {
      scalar(node.isNull() ? "null" : Scalars.text(node), ScalarStyle.PLAIN, events);
    }
  }

  private static void text(String text, List<Event> events) {
    boolean other =
        !Scalars.resolve(text).isTextual()
            || OLD_TRUTHS.contains(text)
            || text.matches(OLD_SIXTIES)
            || text.matches(DATES)
            || text.equals("<<");
    ScalarStyle style =
        other
            ? ScalarStyle.DOUBLE_QUOTED
            : text.indexOf('\n') >= 0 ? ScalarStyle.LITERAL : ScalarStyle.PLAIN;
    scalar(text, style, events);
  }

  private static void scalar(String text, ScalarStyle style, List<Event> events) {
    events.add(
        new ScalarEvent(
            Optional.empty(), Optional.empty(), new ImplicitTuple(true, true), text, style));
  }
}
