package swarm.node.rpc;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.exc.ValueInstantiationException;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import swarm.scheduler.model.Wire;

/// Writes one type of message as CBOR for gRPC. Immutable.
final class CborMarshaller<T> implements MethodDescriptor.Marshaller<T> {
  private final ObjectReader reader;
  private final ObjectWriter writer;

  CborMarshaller(Class<T> type) {
    this.reader = Wire.CBOR.readerFor(type);
    this.writer = Wire.CBOR.writerFor(type);
  }

  @Override
  public InputStream stream(T value) {
    try {
      return new ByteArrayInputStream(writer.writeValueAsBytes(value));
    } catch (IOException e) {
      throw Status.INTERNAL
          .withDescription("a message that cannot be written: " + value.getClass())
          .withCause(e)
          .asRuntimeException();
    }
  }

  /// @throws UnreadableMessageException where the bytes are no such message
  @Override
  public T parse(InputStream stream) {
    @Nullable T value;
    try {
      value = reader.readValue(stream);
    } catch (IOException e) {
      throw new UnreadableMessageException("a message that cannot be read: " + said(e), e);
    }
    if (value == null) {
      throw new UnreadableMessageException("a message that cannot be read: it is null", null);
    }
    return value;
  }

  /// The reason without the place, where Jackson would quote the bytes, and without the names of
  /// classes: callers may be strangers.
  private static String said(IOException e) {
    return switch (e) {
      case ValueInstantiationException v
          when v.getCause() instanceof NullPointerException missing ->
          String.valueOf(missing.getMessage());
      case JsonMappingException m -> "it does not fit the call" + at(m);
      case JsonProcessingException j -> j.getOriginalMessage();
      default -> "it breaks off"; // of a stream in memory: there are no other errors
    };
  }

  private static String at(JsonMappingException e) {
    String path =
        e.getPath().stream()
            .map(part -> part.getFieldName() == null ? "[]" : part.getFieldName())
            .collect(Collectors.joining("."));
    return path.isEmpty() ? "" : " at '" + path + "'";
  }
}
