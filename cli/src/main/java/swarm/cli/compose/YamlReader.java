package swarm.cli.compose;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.common.Anchor;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.MappingStartEvent;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.events.SequenceStartEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/// Reads the first document of a YAML text, with anchors and merge keys, and without ever making an
/// object that the text names. Its size is bounded with all aliases written out, and so is its
/// depth: a small file cannot become a large one.
final class YamlReader {
  static final int MAX_CHARACTERS = 3 * 1024 * 1024;
  static final int MAX_VALUES = 200_000;
  static final int MAX_DEPTH = 100;

  private static final String MERGE = "<<";
  private static final String STANDARD = "tag:yaml.org,2002:";

  /// What is behind an anchor.
  ///
  /// @param size values, itself included
  /// @param height levels, itself included
  private record Anchored(Value value, int size, int height) {}

  private final String file;
  private final Iterator<Event> events;
  private final Map<Anchor, Optional<Anchored>> anchors = new HashMap<>();
  private int values;

  /// The deepest level since it was last set.
  private int deepest;

  private YamlReader(String file, Iterator<Event> events) {
    this.file = file;
    this.events = events;
  }

  /// @param file as messages name it
  static Value.Members read(String file, String text) throws ComposeException {
    if (text.length() > MAX_CHARACTERS) {
      throw new ComposeException(
          file
              + ": "
              + text.length()
              + " characters are more than a Compose file may have ("
              + MAX_CHARACTERS
              + ")");
    }
    LoadSettings settings =
        LoadSettings.builder().setLabel(file).setCodePointLimit(MAX_CHARACTERS).build();
    try {
      var reader = new YamlReader(file, new Parse(settings).parseString(text).iterator());
      Value whole = reader.document();
      if (whole instanceof Value.Members members) {
        return members;
      }
      throw new ComposeException(whole.place(), "top-level object must be a mapping");
    } catch (MarkedYamlEngineException e) {
      throw new ComposeException(
          new Place(file, e.getProblemMark().map(m -> m.getLine() + 1).orElse(1)),
          e.getProblem() == null ? "that is not YAML" : e.getProblem());
    } catch (YamlEngineException e) {
      throw new ComposeException(file + ": " + e.getMessage());
    }
  }

  private Value document() throws ComposeException {
    while (events.hasNext()) {
      Event event = events.next();
      if (event instanceof NodeEvent node) {
        return value(node, place(node), 1);
      }
    }
    return new Value.Scalar(JsonNodeFactory.instance.nullNode(), new Place(file, 1));
  }

  private Place place(Event event) {
    Optional<Mark> mark = event.getStartMark();
    return new Place(file, mark.map(Mark::getLine).orElse(0) + 1);
  }

  private Value value(NodeEvent event, Place place, int depth) throws ComposeException {
    grow(1, place);
    deepest = Math.max(deepest, depth);
    if (depth > MAX_DEPTH) {
      throw new ComposeException(
          place(event), "it is nested more than " + MAX_DEPTH + " levels deep");
    }
    if (event instanceof AliasEvent alias) {
      return alias(alias, depth);
    }
    Optional<Anchor> anchor = event.getAnchor();
    anchor.ifPresent(name -> anchors.put(name, Optional.empty()));
    int before = values;
    int deep = deepest;
    deepest = depth;
    Value value =
        switch (event) {
          case ScalarEvent scalar -> scalar(scalar, place);
          case SequenceStartEvent _ -> items(place, depth);
          case MappingStartEvent _ -> members(place, depth);
          default -> throw new ComposeException(place(event), "unexpected " + event.getEventId());
        };
    if (anchor.isPresent()) {
      anchors.put(
          anchor.get(), Optional.of(new Anchored(value, values - before + 1, deepest - depth + 1)));
    }
    deepest = Math.max(deepest, deep);
    return value;
  }

  private void grow(int by, Place place) throws ComposeException {
    values += by;
    if (values > MAX_VALUES) {
      throw new ComposeException(
          place, "the file has more than " + MAX_VALUES + " values, aliases written out");
    }
  }

  private Value alias(AliasEvent event, int depth) throws ComposeException {
    Place place = place(event);
    String name = event.getAlias().getValue();
    Optional<Anchored> known = anchors.get(event.getAlias());
    if (known == null) {
      throw new ComposeException(place, "unknown anchor '" + name + "' referenced");
    }
    if (known.isEmpty()) {
      throw new ComposeException(place, "anchor '" + name + "' value contains itself");
    }
    Anchored found = known.get();
    grow(found.size(), place);
    deepest = Math.max(deepest, depth + found.height() - 1);
    if (deepest > MAX_DEPTH) {
      throw new ComposeException(place, "it is nested more than " + MAX_DEPTH + " levels deep");
    }
    return found.value();
  }

  private Value scalar(ScalarEvent event, Place place) throws ComposeException {
    String tag = event.getTag().orElse("");
    String text = event.getValue();
    boolean word = tag.isEmpty() && event.isPlain();
    var nodes = JsonNodeFactory.instance;
    if (word) {
      return new Value.Scalar(Scalars.resolve(text), place);
    }
    return switch (tag) {
      case "", "!", STANDARD + "str" -> new Value.Scalar(nodes.textNode(text), place);
      case STANDARD + "int", STANDARD + "float", STANDARD + "bool", STANDARD + "null" ->
          new Value.Scalar(Scalars.resolve(text), place);
      default ->
          throw new ComposeException(place(event), "the tag " + tag + " has no meaning here");
    };
  }

  private Value items(Place place, int depth) throws ComposeException {
    var all = new ArrayList<Value>();
    for (Event event = events.next(); event instanceof NodeEvent node; event = events.next()) {
      all.add(value(node, place(node), depth + 1));
    }
    return new Value.Items(all, place);
  }

  private Value members(Place place, int depth) throws ComposeException {
    var all = new LinkedHashMap<String, Value>();
    var lines = new HashMap<String, Integer>();
    var merged = new ArrayList<Value.Members>();
    for (Event event = events.next(); event instanceof NodeEvent key; event = events.next()) {
      Place at = place(key);
      String name = key(key, at);
      if (!(events.next() instanceof NodeEvent content)) {
        throw new ComposeException(at, "the key '" + name + "' has no value");
      }
      Value value = value(content, at, depth + 1);
      if (name.equals(MERGE) && key instanceof ScalarEvent plain && plain.isPlain()) {
        merged.addAll(sources(value, at));
        continue;
      }
      Integer earlier = lines.put(name, at.line());
      if (earlier != null) {
        throw new ComposeException(
            at, "mapping key \"" + name + "\" already defined at line " + earlier);
      }
      all.put(name, at(value, at));
    }
    merged.forEach(source -> source.all().forEach(all::putIfAbsent));
    return new Value.Members(all, place);
  }

  /// What an alias stands for has its own place; the key that it stands behind is what messages are
  /// about.
  private static Value at(Value value, Place place) {
    return switch (value) {
      case Value.Scalar(var json, _) -> new Value.Scalar(json, place);
      case Value.Items(var all, _) -> new Value.Items(all, place);
      case Value.Members(var all, _) -> new Value.Members(all, place);
    };
  }

  private static String key(NodeEvent event, Place place) throws ComposeException {
    if (event instanceof ScalarEvent scalar) {
      return scalar.getValue();
    }
    throw new ComposeException(place, "a key must be a text");
  }

  private List<Value.Members> sources(Value value, Place place) throws ComposeException {
    var all = new ArrayList<Value.Members>();
    List<Value> each = value instanceof Value.Items items ? items.all() : List.of(value);
    for (Value one : each) {
      if (!(one instanceof Value.Members members)) {
        throw new ComposeException(
            place, "map merge requires map or sequence of maps as the value");
      }
      all.add(members);
    }
    return all;
  }
}
