/// Sessions with agents, on every manager: assignments out, observations in, from the state that
/// this manager has applied. It must not know HTTP, nor what an agent does with a task.
@NullMarked
package swarm.node.dispatch;

import org.jspecify.annotations.NullMarked;
