package swarm.node.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import swarm.node.api.error.ApiException;
import swarm.runtime.container.ContainerMount;
import swarm.runtime.container.ContainerMount.Below;
import swarm.runtime.container.EngineException;
import swarm.runtime.image.Image;
import swarm.runtime.volume.VolumeRequest;
import swarm.scheduler.model.Wire;

final class MountRequestTest {
  private static final Image IMAGE =
      new Image(
          "sha256:1",
          List.of("web:1"),
          List.of(),
          json("{'config':{'Volumes':{'/img':{},'/var/lib':{}}}}"),
          List.of(),
          0);

  private static JsonNode json(String text) {
    try {
      return Wire.JSON.readTree(text.replace('\'', '"'));
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(text, e);
    }
  }

  private static List<ContainerMount> read(String host) throws ApiException, EngineException {
    return MountRequest.read(
        json("{'HostConfig':{" + host + "}}"),
        IMAGE,
        _ ->
            List.of(
                ContainerMount.Bind.of("/h", "/c", false, "", true),
                ContainerMount.Volume.of("theirs", "/v", false),
                new ContainerMount.Tmpfs("/t", "", false)));
  }

  private static ContainerMount.Volume volume(
      String name, String target, boolean readOnly, boolean copies, String mode) {
    return new ContainerMount.Volume(
        name,
        "",
        target,
        readOnly,
        copies,
        name.isEmpty(),
        "",
        mode,
        new VolumeRequest(name, "", Map.of(), Map.of()));
  }

  @Test
  void bindsAndVolumesOfEveryForm() throws Exception {
    assertThat(
            read(
                "'Binds':['/a:/b','/a/:/c/:ro','/a:/d:rw,rshared','data:/e','data:/f:ro,nocopy',"
                    + "'/g'],'Tmpfs':{'/t':'size=1m'}"))
        .containsExactly(
            ContainerMount.Bind.of("/a", "/b", false, "", true),
            new ContainerMount.Bind(
                "/a", "/c", true, "", true, false, Below.READ_ONLY_IF_POSSIBLE, "ro"),
            new ContainerMount.Bind(
                "/a",
                "/d",
                false,
                "rshared",
                true,
                false,
                Below.READ_ONLY_IF_POSSIBLE,
                "rw,rshared"),
            volume("data", "/e", false, true, "z"),
            volume("data", "/f", true, false, "ro,nocopy"),
            volume("", "/g", false, true, "z"),
            new ContainerMount.Tmpfs("/t", "size=1m", false),
            ContainerMount.Volume.of("", "/img", false),
            ContainerMount.Volume.of("", "/var/lib", false));
  }

  @Test
  void mountsOfEveryForm() throws Exception {
    assertThat(
            read(
                "'Mounts':[{'Type':'bind','Source':'/s','Target':'/img','ReadOnly':true,"
                    + "'BindOptions':{'Propagation':'slave','CreateMountpoint':true,"
                    + "'NonRecursive':true,'ReadOnlyForceRecursive':true}},"
                    + "{'Type':'tmpfs','Target':'/u','ReadOnly':true,'TmpfsOptions':"
                    + "{'SizeBytes':5,'Mode':1023,'Options':[['exec'],['nr_inodes','7']]}},"
                    + "{'Type':'volume','Source':'v','Target':'/var/lib','VolumeOptions':"
                    + "{'NoCopy':true,'Subpath':'a/b','Labels':{'l':'1'},'DriverConfig':"
                    + "{'Name':'local','Options':{'type':'tmpfs'}}}}]"))
        .containsExactly(
            new ContainerMount.Bind("/s", "/img", true, "slave", true, true, Below.READ_ONLY, ""),
            new ContainerMount.Tmpfs("/u", "ro,mode=1777,size=5,exec,nr_inodes=7", true),
            new ContainerMount.Volume(
                "v",
                "",
                "/var/lib",
                false,
                false,
                false,
                "a/b",
                "z",
                new VolumeRequest("v", "local", Map.of("type", "tmpfs"), Map.of("l", "1"))));
  }

  @Test
  void anothersVolumesComeFirstAndGiveWay() throws Exception {
    assertThat(read("'VolumesFrom':['other:ro'],'Binds':['/mine:/c']"))
        .startsWith(
            ContainerMount.Bind.of("/mine", "/c", false, "", true),
            new ContainerMount.Volume("theirs", "", "/v", true, false, false, "", "", null));
  }

  @Test
  void whatIsMountedNeedsNoVolume() throws Exception {
    assertThat(read("'Tmpfs':{'/img/':''},'Binds':['/a:/var/lib']"))
        .containsExactly(
            ContainerMount.Bind.of("/a", "/var/lib", false, "", true),
            new ContainerMount.Tmpfs("/img", "", false));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'Binds':['/a:ro']                        | 400 | invalid volume specification: '/a:ro'",
        "'Binds':['']                             | 400 | invalid volume specification: ''",
        "'Binds':['/a:b']           | 400 | invalid volume specification: '/a:b': invalid mount config"
            + " for type \"bind\": invalid mount path: 'b' mount path must be absolute",
        "'Binds':['/a:']                          | 400 | field Target must not be empty",
        "'Binds':['/a:/']                         | 400 | destination can't be '/'",
        "'Binds':['/a:/b:bogus']                  | 400 | invalid mode: bogus",
        "'Binds':['/a:/b:ro,rw']                  | 400 | invalid mode: ro,rw",
        "'Binds':['/a:/b:ro:x']                   | 400 | invalid volume specification: '/a:/b:ro:x'",
        "'Binds':['/a:/x','/b:/x/']               | 400 | Duplicate mount point: /x",
        "'Binds':['/a:/x'],'Tmpfs':{'/x':''}      | 400 | Duplicate mount point: /x",
        "'Tmpfs':{'t':''}                         | 400 | invalid mount path: 't' mount path must",
        "'Tmpfs':{'/t':'bogus'}                   | 400 | invalid tmpfs option [\"bogus\"]",
        "'Tmpfs':{'/t':'size=1m,bogus=1,rw'}      | 400 | invalid tmpfs option [\"bogus\" \"1\"]",
        "'Tmpfs':{'/t':'size'}                    | 400 | invalid tmpfs option [\"size\"]",
        "'Tmpfs':{'/t':'rw,'}                     | 400 | invalid tmpfs option [\"\"]",
        "'VolumesFrom':['']                       | 400 | volumes-from specification cannot be an",
        "'VolumesFrom':['a:rx']                   | 400 | invalid mode: rx",
        "'Mounts':[{'Target':'/x'}]               | 400 | mount type unknown",
        "'Mounts':[{'Type':'image','Target':'/x','Source':'i'}] | 501 | a mount of type 'image'",
        "'Mounts':[{'Type':'bind','Source':'s','Target':'/x'}] | 400 | invalid mount path: 's'",
        "'Mounts':[{'Type':'bind','Source':'/s'}] | 400 | field Target must not be empty",
        "'Mounts':[{'Type':'bind','Target':'/s'}] | 400 | field Source must not be empty",
        "'Mounts':[{'Type':'bind','Source':'/s','Target':'/x','BindOptions':{'Propagation':'x'}}]"
            + "| 400 | invalid mount config for type \"bind\": invalid propagation mode: x",
        "'Mounts':[{'Type':'bind','Source':'/s','Target':'/x','VolumeOptions':{'NoCopy':true}}]"
            + "| 400 | field VolumeOptions must not be specified",
        "'Mounts':[{'Type':'volume','Target':'/x','ReadOnly':true}]"
            + "| 400 | must not set ReadOnly mode when using anonymous volumes",
        "'Mounts':[{'Type':'volume','Source':'v','Target':'/x','VolumeOptions':{'Subpath':'../a'}}]"
            + "| 400 | subpath must be a relative path within the volume",
        "'Mounts':[{'Type':'tmpfs','Source':'v','Target':'/x'}]"
            + "| 400 | field Source must not be specified",
        "'Mounts':[{'Type':'tmpfs','Target':'/x','TmpfsOptions':{'Future':1}}]"
            + "| 501 | a tmpfs mount's option Future",
      })
  void whatCannotBeMountedIsRefused(String host, int status, String message) {
    assertThatThrownBy(() -> read(host))
        .hasMessageContaining(message)
        .isInstanceOfSatisfying(ApiException.class, e -> assertThat(e.status()).isEqualTo(status));
  }
}
