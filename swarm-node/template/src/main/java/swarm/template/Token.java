package swarm.template;

/// A word of an action, between `{{` and `}}`.
///
/// @param text its characters; of a string, what it stands for
/// @param at where it begins in the template
/// @param to where it ends
/// @param spaced whether white space stands before it
record Token(Kind kind, String text, int at, int to, boolean spaced) {
  enum Kind {
    /// A keyword or function.
    WORD,
    /// `.Name`
    FIELD,
    DOT,
    STRING,
    NUMBER,
    /// `'c'`, as its number.
    CHARACTER,
    PIPE,
    OPEN,
    CLOSE,
    /// `$` or `$name`.
    VARIABLE,
    /// `:=`
    DECLARE,
    /// `=`
    ASSIGN,
    COMMA,
    END
  }

  boolean is(String word) {
    return kind == Kind.WORD && text.equals(word);
  }
}
