package swarm.linux;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.security.MessageDigest;
import java.util.List;
import java.util.Optional;

/// SHA-256 by the host's OpenSSL (`libcrypto`, EVP_DigestInit(3)), where it has one: with the
/// processor's own instructions it is eight times as fast as Java's, which needs the slow compiler
/// for that. Each is confined to one thread at a time; its memory goes with it.
public final class HostSha256 extends MessageDigest {
  private static final int BYTES = 32;

  private final Functions functions;
  private final MemorySegment context;

  private HostSha256(Functions functions) {
    super("SHA-256");
    this.functions = functions;
    this.context = functions.newContext(Arena.ofAuto());
    engineReset();
  }

  /// A new one; empty where this host has no OpenSSL that is known here. The first call loads the
  /// library, some megabytes: for what is large.
  public static Optional<MessageDigest> create() {
    return Library.FUNCTIONS.map(HostSha256::new);
  }

  @Override
  protected int engineGetDigestLength() {
    return BYTES;
  }

  @Override
  protected void engineUpdate(byte input) {
    engineUpdate(new byte[] {input}, 0, 1);
  }

  @Override
  protected void engineUpdate(byte[] input, int offset, int length) {
    functions.update(context, MemorySegment.ofArray(input).asSlice(offset, length));
  }

  @Override
  protected byte[] engineDigest() {
    byte[] result = new byte[BYTES];
    functions.end(context, MemorySegment.ofArray(result));
    engineReset();
    return result;
  }

  @Override
  protected void engineReset() {
    functions.begin(context);
  }

  private static final class Library {
    /// The names of the versions that have these functions: 3, and 1.1 of older systems.
    private static final List<String> NAMES = List.of("libcrypto.so.3", "libcrypto.so.1.1");

    static final Optional<Functions> FUNCTIONS =
        NAMES.stream().flatMap(name -> load(name).stream()).findFirst();

    private static Optional<Functions> load(String name) {
      try {
        return Functions.of(SymbolLookup.libraryLookup(name, Arena.global()));
      } catch (IllegalArgumentException _) {
        return Optional.empty(); // the host has no such library
      }
    }
  }

  /// What is called of it. A heap array is handed over as it is: the calls are short.
  private record Functions(
      MethodHandle make,
      MethodHandle free,
      MethodHandle init,
      MethodHandle update,
      MethodHandle finish,
      MemorySegment sha256) {
    private static final Linker LINKER = Linker.nativeLinker();
    private static final Linker.Option HEAP = Linker.Option.critical(true);

    static Optional<Functions> of(SymbolLookup library) {
      Optional<MemorySegment> make = library.find("EVP_MD_CTX_new");
      Optional<MemorySegment> free = library.find("EVP_MD_CTX_free");
      Optional<MemorySegment> init = library.find("EVP_DigestInit_ex");
      Optional<MemorySegment> update = library.find("EVP_DigestUpdate");
      Optional<MemorySegment> finish = library.find("EVP_DigestFinal_ex");
      Optional<MemorySegment> sha256 = library.find("EVP_sha256");
      if (List.of(make, free, init, update, finish, sha256).contains(Optional.empty())) {
        return Optional.empty();
      }
      return Optional.of(
          new Functions(
              LINKER.downcallHandle(make.orElseThrow(), FunctionDescriptor.of(ADDRESS)),
              LINKER.downcallHandle(free.orElseThrow(), FunctionDescriptor.ofVoid(ADDRESS)),
              LINKER.downcallHandle(
                  init.orElseThrow(), FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, ADDRESS)),
              LINKER.downcallHandle(
                  update.orElseThrow(),
                  FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, JAVA_LONG),
                  HEAP),
              LINKER.downcallHandle(
                  finish.orElseThrow(),
                  FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, ADDRESS),
                  HEAP),
              algorithm(sha256.orElseThrow())));
    }

    private static MemorySegment algorithm(MemorySegment function) {
      try {
        return (MemorySegment)
            LINKER.downcallHandle(function, FunctionDescriptor.of(ADDRESS)).invokeExact();
      } catch (Throwable e) {
        throw failed(e);
      }
    }

    /// Freed once nobody refers to it any more.
    MemorySegment newContext(Arena arena) {
      try {
        MemorySegment made = (MemorySegment) make.invokeExact();
        if (made.equals(MemorySegment.NULL)) {
          throw new IllegalStateException("OpenSSL has no memory for a digest");
        }
        return made.reinterpret(arena, this::free);
      } catch (Throwable e) {
        throw failed(e);
      }
    }

    private void free(MemorySegment context) {
      try {
        free.invokeExact(context);
      } catch (Throwable e) {
        throw failed(e);
      }
    }

    void begin(MemorySegment context) {
      try {
        check((int) init.invokeExact(context, sha256, MemorySegment.NULL));
      } catch (Throwable e) {
        throw failed(e);
      }
    }

    void update(MemorySegment context, MemorySegment bytes) {
      try {
        check((int) update.invokeExact(context, bytes, bytes.byteSize()));
      } catch (Throwable e) {
        throw failed(e);
      }
    }

    void end(MemorySegment context, MemorySegment result) {
      try {
        check((int) finish.invokeExact(context, result, MemorySegment.NULL));
      } catch (Throwable e) {
        throw failed(e);
      }
    }

    private static void check(int success) {
      if (success != 1) {
        throw new IllegalStateException("OpenSSL refused a SHA-256 digest");
      }
    }

    private static IllegalStateException failed(Throwable e) {
      return e instanceof IllegalStateException known
          ? known
          : new IllegalStateException("OpenSSL could not be called", e);
    }
  }
}
