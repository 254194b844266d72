package swarm.template;

import java.util.Map;

/// What templates of one kind may say.
///
/// @param name what the template is called in messages
/// @param whole whether they have all that is here: loops, `with`, variables, every function and
///   format. Without, what Go has beyond text, fields, calls, pipelines and `if` is refused by
///   name.
/// @param functions beside those that every template has; they win over those
/// @param largest bytes that a template may become
/// @param steps actions that may be done for it
public record Language(
    String name, boolean whole, Map<String, Function> functions, int largest, int steps) {}
