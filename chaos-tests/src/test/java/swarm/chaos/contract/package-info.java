/// What the API answers, held against the reference of the Docker Engine API. Knows a daemon's
/// socket and the reference's file, and nothing of what is behind either.
@NullMarked
package swarm.chaos.contract;

import org.jspecify.annotations.NullMarked;
