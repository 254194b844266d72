package swarm.raft.engine;

import java.io.IOException;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.RaftClientAsynchronousProtocol;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftClientRequest;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.rpc.CallId;
import org.apache.ratis.server.DivisionInfo;
import org.apache.ratis.server.RaftConfiguration;
import org.apache.ratis.server.RaftServer;
import org.jspecify.annotations.Nullable;
import swarm.raft.log.Leadership;
import swarm.raft.log.Member;

/// Ratis' view of this member, in the log's words. Thread-safe; holds no state of its own.
///
/// @param client names this process in Ratis' requests
record Node(
    RaftServer server,
    RaftServer.Division division,
    RaftGroupId group,
    RaftPeerId self,
    ClientId client) {
  private static final int READ_ATTEMPTS = 5;

  static Member member(RaftPeer peer) {
    return new Member(peer.getId().toString(), peer.getAddress());
  }

  static RaftPeer peer(Member member) {
    return RaftPeer.newBuilder().setId(member.id()).setAddress(member.address()).build();
  }

  /// In the order of their ids.
  static List<Member> members(Collection<RaftPeer> peers) {
    return peers.stream().map(Node::member).sorted(Comparator.comparing(Member::id)).toList();
  }

  boolean alive() {
    return division.getInfo().isAlive();
  }

  long term() {
    return division.getInfo().getCurrentTerm();
  }

  RaftConfiguration configuration() {
    return division.getRaftConf();
  }

  /// Who must agree on anything.
  Quorum quorum() {
    RaftConfiguration now = configuration();
    return new Quorum(ids(now.getCurrentPeers()), ids(now.getPreviousPeers()));
  }

  private static List<String> ids(@Nullable Collection<RaftPeer> peers) {
    return peers == null ? List.of() : peers.stream().map(p -> p.getId().toString()).toList();
  }

  List<Member> members() {
    return members(configuration().getCurrentPeers());
  }

  /// Whether this member leads `term` and has applied what came before it.
  boolean leadsReady(long term) {
    Leadership now = leadership();
    return now.ready() && now.term() == term;
  }

  boolean leads() {
    return alive() && division.getInfo().isLeader();
  }

  /// Ratis gives term, leader and role one by one; they are taken as one once two looks at the term
  /// and the leader agree.
  Leadership leadership() {
    DivisionInfo info = division.getInfo();
    Leadership seen = new Leadership(info.getCurrentTerm(), Optional.empty(), false);
    if (!info.isAlive()) {
      return seen;
    }
    for (int i = 0; i < READ_ATTEMPTS; i++) {
      long term = info.getCurrentTerm();
      @Nullable RaftPeerId leader = info.getLeaderId();
      boolean ready = self.equals(leader) && info.isLeader() && info.isLeaderReady();
      if (term == info.getCurrentTerm() && Objects.equals(leader, info.getLeaderId())) {
        return new Leadership(term, memberOf(leader), ready);
      }
      seen = new Leadership(info.getCurrentTerm(), Optional.empty(), false);
    }
    return seen; // in the middle of an election: nobody leads
  }

  /// The leader, unless it is this member.
  Optional<Member> otherLeader() {
    return leadership().leader().filter(leader -> !leader.id().equals(self.toString()));
  }

  private Optional<Member> memberOf(@Nullable RaftPeerId id) {
    return Optional.ofNullable(id)
        .flatMap(known -> Optional.ofNullable(configuration().getPeer(known)))
        .map(Node::member);
  }

  /// Hands a proposal over by another thread, and waits for that one: two changes of thread.
  CompletableFuture<RaftClientReply> submit(Proposal proposal) throws IOException {
    return server.submitClientRequestAsync(write(proposal));
  }

  /// Hands a proposal over on the caller's thread. Only where the log's queue has room for it: who
  /// waits for room and is interrupted there makes Ratis close this member.
  CompletableFuture<RaftClientReply> submitHere(Proposal proposal) throws IOException {
    return ((RaftClientAsynchronousProtocol) division).submitClientRequestAsync(write(proposal));
  }

  private RaftClientRequest write(Proposal proposal) {
    return RaftClientRequest.newBuilder()
        .setClientId(client)
        .setServerId(self)
        .setGroupId(group)
        .setCallId(CallId.getAndIncrement())
        .setMessage(proposal)
        .setType(RaftClientRequest.writeRequestType())
        .build();
  }

  IOException notLeading() {
    return new IOException("This member (" + self + ") does not lead, or not yet.");
  }
}
