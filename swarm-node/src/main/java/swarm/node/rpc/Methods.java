package swarm.node.rpc;

import static swarm.node.rpc.Standing.ALL_BUT_REVOKED;
import static swarm.node.rpc.Standing.EVERYBODY;
import static swarm.node.rpc.Standing.MANAGERS;
import static swarm.node.rpc.Standing.MANAGERS_BY_CERTIFICATE;
import static swarm.node.rpc.Standing.MEMBERS;
import static swarm.node.rpc.Standing.MEMBERS_EVER;

import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.Marshaller;
import io.grpc.MethodDescriptor.MethodType;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Set;

/// Every call of the cluster port, and who may call it.
final class Methods {
  static final String SERVICE = "swarm.Cluster";

  /// Who may call a method; it goes with the method's descriptor.
  private record Access(Set<Standing> open) {}

  static final MethodDescriptor<Messages.JoinRequest, Messages.JoinReply> JOIN =
      unary("Join", EVERYBODY, Messages.JoinRequest.class, Messages.JoinReply.class);

  /// Another certificate for a node that has one, or had one that has expired.
  static final MethodDescriptor<Messages.RenewRequest, Messages.JoinReply> RENEW =
      unary("Renew", ALL_BUT_REVOKED, Messages.RenewRequest.class, Messages.JoinReply.class);

  /// What a node with an expired certificate signs together with its request.
  static final MethodDescriptor<Messages.Nothing, Messages.Challenge> CHALLENGE =
      unary("Challenge", ALL_BUT_REVOKED, Messages.Nothing.class, Messages.Challenge.class);

  static final MethodDescriptor<Messages.MemberRequest, Messages.MemberReply> ADD_MEMBER =
      unary("AddMember", MANAGERS, Messages.MemberRequest.class, Messages.MemberReply.class);

  /// Open to a node whose certificate counts no more, too: an answer to its leaving may have been
  /// lost.
  static final MethodDescriptor<Messages.LeaveRequest, Messages.MemberReply> LEAVE =
      unary("Leave", MEMBERS_EVER, Messages.LeaveRequest.class, Messages.MemberReply.class);

  static final MethodDescriptor<Messages.ProposeRequest, Messages.ProposeReply> PROPOSE =
      unary("Propose", MANAGERS, Messages.ProposeRequest.class, Messages.ProposeReply.class);

  /// The same for commands that are not of the first format: leaders of earlier builds do not have
  /// it, and would take such a command without a look at who can follow it.
  static final MethodDescriptor<Messages.ProposeRequest, Messages.ProposeReply> PROPOSE_NEWER =
      unary("ProposeNewer", MANAGERS, Messages.ProposeRequest.class, Messages.ProposeReply.class);

  static final MethodDescriptor<Messages.AttachRequest, Messages.AttachReply> ATTACH =
      unary("Attach", MEMBERS, Messages.AttachRequest.class, Messages.AttachReply.class);

  static final MethodDescriptor<Messages.AttachmentsKept, Messages.Nothing> ATTACHMENTS_KEPT =
      unary("AttachmentsKept", MEMBERS, Messages.AttachmentsKept.class, Messages.Nothing.class);

  static final MethodDescriptor<Messages.Heard, Messages.HeardReply> HEARD =
      unary("Heard", MANAGERS, Messages.Heard.class, Messages.HeardReply.class);

  /// A [RaftFrame], and the bytes of its answer.
  static final MethodDescriptor<byte[], byte[]> RAFT =
      method(
          "Raft",
          MethodType.UNARY,
          MANAGERS_BY_CERTIFICATE,
          new BytesMarshaller(),
          new BytesMarshaller());

  static final MethodDescriptor<Messages.SealKeysRequest, Messages.SealKeysReply> SEAL_KEYS =
      unary("SealKeys", MANAGERS, Messages.SealKeysRequest.class, Messages.SealKeysReply.class);

  /// [RaftFrame]s with numbers, and a [RaftFrame.Answer] for each.
  static final MethodDescriptor<byte[], byte[]> RAFT_STREAM =
      method(
          "RaftStream",
          MethodType.BIDI_STREAMING,
          MANAGERS_BY_CERTIFICATE,
          new BytesMarshaller(),
          new BytesMarshaller());

  static final MethodDescriptor<SessionMessages.FromAgent, SessionMessages.FromManager> SESSION =
      method(
          "Session",
          MethodType.BIDI_STREAMING,
          MEMBERS,
          new CborMarshaller<>(SessionMessages.FromAgent.class),
          new CborMarshaller<>(SessionMessages.FromManager.class));

  static final MethodDescriptor<Messages.LogsRequest, Messages.LogsPart> LOGS =
      method(
          "Logs",
          MethodType.SERVER_STREAMING,
          MANAGERS,
          new CborMarshaller<>(Messages.LogsRequest.class),
          new CborMarshaller<>(Messages.LogsPart.class));

  private Methods() {}

  /// Who may call a method: nobody, where it does not say.
  static Set<Standing> openTo(MethodDescriptor<?, ?> method) {
    return method.getSchemaDescriptor() instanceof Access access ? access.open() : Set.of();
  }

  private static <A, B> MethodDescriptor<A, B> unary(
      String name, Set<Standing> open, Class<A> request, Class<B> reply) {
    return method(
        name, MethodType.UNARY, open, new CborMarshaller<>(request), new CborMarshaller<>(reply));
  }

  private static <A, B> MethodDescriptor<A, B> method(
      String name,
      MethodType type,
      Set<Standing> open,
      Marshaller<A> request,
      Marshaller<B> reply) {
    return MethodDescriptor.<A, B>newBuilder()
        .setType(type)
        .setFullMethodName(MethodDescriptor.generateFullMethodName(SERVICE, name))
        .setSchemaDescriptor(new Access(open))
        .setRequestMarshaller(request)
        .setResponseMarshaller(reply)
        .build();
  }

  private static final class BytesMarshaller implements Marshaller<byte[]> {
    @Override
    public InputStream stream(byte[] value) {
      return new ByteArrayInputStream(value);
    }

    @Override
    public byte[] parse(InputStream stream) {
      try {
        return stream.readAllBytes();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
