package swarm.raft.engine;

import java.io.IOException;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.proto.RaftProtos.RaftConfigurationProto;
import org.apache.ratis.proto.RaftProtos.RaftPeerProto;
import org.apache.ratis.server.raftlog.LogProtoUtils;
import org.apache.ratis.thirdparty.com.google.protobuf.InvalidProtocolBufferException;
import org.apache.ratis.thirdparty.com.google.protobuf.MessageOrBuilder;
import swarm.raft.log.DamagedFileException;

/// The two files that Ratis writes without a checksum, read before Ratis does: it takes an
/// unreadable one for none, or throws what names no file.
final class Metadata {
  private static final String TERM = "term";
  private static final String VOTED_FOR = "votedFor";

  private Metadata() {}

  /// What a member has promised.
  ///
  /// @param votedFor empty where it voted for nobody in `term`
  record Vote(long term, String votedFor) {
    /// Whether a member that had promised `before` can have come to promise this: terms only grow,
    /// and in each there is one vote.
    boolean mayFollow(Vote before) {
      return term > before.term
          || (term == before.term
              && (before.votedFor.isEmpty() || before.votedFor.equals(votedFor)));
    }

    @Override
    public String toString() {
      return "term " + term + (votedFor.isEmpty() ? "" : " with a vote for " + votedFor);
    }
  }

  private static String text(byte[] bytes) throws CharacterCodingException {
    return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
  }

  /// @throws DamagedFileException where it cannot be read
  static Vote vote(Path file, byte[] bytes) throws IOException {
    var read = new Properties();
    try {
      read.load(new StringReader(text(bytes)));
      if (!read.stringPropertyNames().equals(Set.of(TERM, VOTED_FOR))) {
        throw new DamagedFileException(file, "it does not hold a term and a vote");
      }
      var vote = new Vote(Long.parseLong(read.getProperty(TERM)), read.getProperty(VOTED_FOR));
      if (vote.term() < 0) {
        throw new DamagedFileException(file, "it has the term " + vote.term());
      }
      return vote;
    } catch (CharacterCodingException _) {
      throw new DamagedFileException(file, "it is no text");
    } catch (IllegalArgumentException e) {
      throw new DamagedFileException(file, "it cannot be read: " + e.getMessage());
    }
  }

  /// @throws DamagedFileException where it cannot be read, or Ratis could do nothing with it
  static LogEntryProto configuration(Path file, byte[] bytes) throws IOException {
    LogEntryProto entry;
    try {
      entry = LogEntryProto.parseFrom(bytes);
    } catch (InvalidProtocolBufferException e) {
      throw new DamagedFileException(file, "it cannot be read: " + e.getMessage());
    }
    if (!entry.hasConfigurationEntry()) {
      throw new DamagedFileException(file, "it names no members");
    }
    RaftConfigurationProto members = entry.getConfigurationEntry();
    if (unknown(entry) || unknown(members) || members.getPeersList().isEmpty()) {
      throw new DamagedFileException(file, "it does not name members as it should");
    }
    for (List<RaftPeerProto> peers : List.of(members.getPeersList(), members.getOldPeersList())) {
      for (RaftPeerProto peer : peers) {
        if (unknown(peer) || peer.getId().isEmpty() || peer.getAddress().isEmpty()) {
          throw new DamagedFileException(file, "a member in it has no id or no address");
        }
      }
    }
    try {
      LogProtoUtils.toRaftConfiguration(entry);
    } catch (RuntimeException e) {
      throw new DamagedFileException(file, "its members make no sense: " + e.getMessage());
    }
    return entry;
  }

  private static boolean unknown(MessageOrBuilder message) {
    return !message.getUnknownFields().asMap().isEmpty();
  }
}
