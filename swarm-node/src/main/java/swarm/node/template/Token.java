package swarm.node.template;

/// A word of an action, between `{{` and `}}`.
///
/// @param text its characters; of a string, what it stands for
/// @param at where it begins in the template
/// @param spaced whether white space stands before it
record Token(Kind kind, String text, int at, boolean spaced) {
  enum Kind {
    /// A keyword or function.
    WORD,
    /// `.Name`
    FIELD,
    DOT,
    STRING,
    NUMBER,
    PIPE,
    OPEN,
    CLOSE,
    /// `$` alone.
    ROOT,
    END
  }
}
