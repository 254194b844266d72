/// Templates in the syntax of Go's `text/template`: what users declare for tasks, and `--format` of
/// the command. Pure: it knows neither JSON nor what the values mean.
@NullMarked
package swarm.template;

import org.jspecify.annotations.NullMarked;
