/// Membership hints: which members of a cluster look dead, found by the members themselves (SWIM,
/// Das, Gupta, Motivala 2002) with Lifeguard's self-awareness (Dadgar, Phillips, Currey 2018).
/// [Swim] is a pure machine: messages and ticks in, messages and opinions out. [Gossip] drives it
/// with a UDP socket, a clock and dice.
///
/// Who is a member it is told; what is done about an opinion is decided elsewhere. It must know
/// nothing of the other rooms here, nor of managers, sessions or tasks.
@NullMarked
package swarm.network.gossip;

import org.jspecify.annotations.NullMarked;
