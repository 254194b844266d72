package swarm.node.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import swarm.node.agent.Attributes;
import swarm.node.api.error.ApiException;
import swarm.runtime.container.ContainerConfig;
import swarm.runtime.container.EngineException;
import swarm.runtime.container.HostOptions;
import swarm.runtime.container.RestartPolicy;
import swarm.runtime.image.Image;
import swarm.runtime.oci.BlockIo;
import swarm.runtime.oci.CgroupFeatures;
import swarm.runtime.oci.DeviceMapping;
import swarm.runtime.oci.Ulimit;
import swarm.scheduler.model.Wire;

/// JSON is written with single quotes here.
class ContainerRequestTest {
  private static final Image IMAGE =
      new Image(
          "sha256:1234",
          List.of(),
          List.of(),
          json(
              "{'config':{'Entrypoint':['/entry'],'Cmd':['serve'],'Env':['PATH=/bin','A=image'],"
                  + "'WorkingDir':'/srv','User':'web','Labels':{'a':'image','b':'image'},"
                  + "'StopSignal':'SIGINT'}}"),
          List.of(),
          1);
  private static final Image BARE =
      new Image("sha256:5678", List.of(), List.of(), json("{}"), List.of(), 1);

  private static final CgroupFeatures EVERYTHING =
      new CgroupFeatures(false, true, true, true, true, true, true, true, "0-1", "0");

  private static JsonNode json(String text) {
    try {
      return Wire.JSON.readTree(text.replace('\'', '"'));
    } catch (IOException e) {
      throw new IllegalArgumentException(e);
    }
  }

  private static ContainerConfig read(String body) throws ApiException, EngineException {
    return ContainerRequest.read(json(body), IMAGE, 2, EVERYTHING, _ -> List.of(), name -> name)
        .config();
  }

  private static ContainerConfig host(String hostConfig) throws ApiException, EngineException {
    return read("{'HostConfig':{" + hostConfig + "}}");
  }

  private static void refused(String body, int status, String message) {
    assertThatThrownBy(() -> read(body))
        .isInstanceOfSatisfying(
            ApiException.class, e -> assertThat(e.status()).as(body).isEqualTo(status))
        .hasMessageContaining(message);
  }

  // ---- what clients send

  /// Its options go into the query and the body, and Docker ignores what it does not know there.
  @Test
  void dockerodeRepeatsTheQueryInTheBody() throws ApiException, EngineException {
    assertThat(read("{'name':'box','platform':'linux/amd64'}").process().args()).isNotEmpty();
    refused("{'names':'box'}", 501, "the container option names");
  }

  // ---- what the image says and what the user says

  @Test
  void withoutAWordTheImageDecides() throws ApiException, EngineException {
    ContainerConfig config = read("{'Image':'web:1'}");

    assertThat(config.imageId()).isEqualTo("sha256:1234");
    assertThat(config.process().args()).containsExactly("/entry", "serve");
    assertThat(config.process().env()).containsExactlyInAnyOrder("PATH=/bin", "A=image");
    assertThat(config.process().workingDir()).isEqualTo("/srv");
    assertThat(config.process().user()).isEqualTo("web");
    assertThat(config.labels()).isEqualTo(Map.of("a", "image", "b", "image"));
    assertThat(config.stopSignal()).isEqualTo("SIGINT");
    assertThat(config.stopTimeoutSeconds()).isEqualTo(10);
    assertThat(config.shmSizeBytes()).isEqualTo(64L << 20);
    assertThat(config.restartPolicy()).isEqualTo(RestartPolicy.NO);
    assertThat(config.namespaces().networkMode()).isEmpty();
    assertThat(config.attributes())
        .containsEntry(Attributes.IMAGE_NAME, "web:1")
        .containsEntry(Attributes.PORTS, "");
  }

  @Test
  void theUsersWordCountsMore() throws ApiException, EngineException {
    ContainerConfig config =
        read(
            "{'Env':['A=user','NEW=1'],'WorkingDir':'/tmp','User':'0:0','Labels':{'b':'user'},"
                + "'StopSignal':'SIGQUIT','StopTimeout':3,'Hostname':'h','Domainname':'d',"
                + "'Tty':true,'OpenStdin':true,'StdinOnce':true,'AttachStdout':true}");

    assertThat(config.process().env()).containsExactly("A=user", "NEW=1", "PATH=/bin");
    assertThat(config.process().workingDir()).isEqualTo("/tmp");
    assertThat(config.process().user()).isEqualTo("0:0");
    assertThat(config.labels()).isEqualTo(Map.of("a", "image", "b", "user"));
    assertThat(config.stopSignal()).isEqualTo("SIGQUIT");
    assertThat(config.stopTimeoutSeconds()).isEqualTo(3);
    assertThat(config.hostname()).isEqualTo("h");
    assertThat(config.domainname()).isEqualTo("d");
    assertThat(config.streams().tty()).isTrue();
    assertThat(config.streams().openStdin()).isTrue();
    assertThat(config.streams().stdinOnce()).isTrue();
    assertThat(config.streams().attachStdin()).isFalse();
    assertThat(config.streams().attachStdout()).isTrue();
  }

  @Test
  void aPublishedPortIsShownWithBothItsFields() throws ApiException, EngineException {
    String echo =
        host("'PortBindings':{'80/tcp':[{'HostPort':'8080'},{}]}")
            .attributes()
            .get(Attributes.REQUEST);
    assertThat(echo)
        .contains("{\"HostPort\":\"8080\",\"HostIp\":\"\"},{\"HostIp\":\"\",\"HostPort\":\"\"}");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{}                                      | /entry serve",
        "{'Cmd':['other']}                       | /entry other",
        "{'Cmd':null,'Entrypoint':null}          | /entry serve",
        "{'Entrypoint':['sh','-c']}              | sh -c",
        "{'Entrypoint':['sh'],'Cmd':['x']}       | sh x",
        "{'Entrypoint':'sh','Cmd':'x'}           | sh x",
        "{'Entrypoint':[''],'Cmd':['x','y']}     | x y",
      })
  void entrypointAndCommand(String body, String args) throws ApiException, EngineException {
    assertThat(read(body).process().args()).containsExactly(args.split(" "));
  }

  @Test
  void nothingToRunIsTheClientsFault() {
    assertThatThrownBy(
            () ->
                ContainerRequest.read(
                    json("{}"), BARE, 2, EVERYTHING, _ -> List.of(), name -> name))
        .isInstanceOf(ApiException.class)
        .hasMessage("no command specified");
    refused("{'Entrypoint':['']}", 400, "no command specified");
  }

  // ---- host configuration

  @Test
  void limitsAndSecurity() throws ApiException, EngineException {
    ContainerConfig config =
        host(
            "'Memory':10000000,'MemorySwap':-1,'MemoryReservation':7000000,"
                + "'CpuShares':7,'CpuQuota':8000,'CpuPeriod':9000,'CpusetCpus':'0-1','CpusetMems':'0',"
                + "'PidsLimit':50,'Ulimits':[{'Name':'nofile','Soft':10,'Hard':20}],"
                + "'CapAdd':['NET_ADMIN'],'CapDrop':['ALL'],'Privileged':true,"
                + "'ReadonlyRootfs':true,'SecurityOpt':['seccomp=unconfined'],"
                + "'Sysctls':{'net.core.somaxconn':'5'},'ShmSize':4096,'Init':true,"
                + "'OomScoreAdj':-5,'AutoRemove':true,'PidMode':'host','IpcMode':'private',"
                + "'ExtraHosts':['a:1.2.3.4'],'Dns':['8.8.8.8'],'DnsSearch':['x'],"
                + "'DnsOptions':['ndots:1'],'GroupAdd':['audio']");

    var resources = config.resources();
    assertThat(resources.memoryBytes()).isEqualTo(10_000_000);
    assertThat(resources.memorySwapBytes()).isEqualTo(-1);
    assertThat(resources.memoryReservationBytes()).isEqualTo(7_000_000);
    assertThat(host("'NanoCpus':1500000000").resources().nanoCpus()).isEqualTo(1_500_000_000);
    assertThat(resources.cpuShares()).isEqualTo(7);
    assertThat(resources.cpuQuotaMicros()).isEqualTo(8_000);
    assertThat(resources.cpuPeriodMicros()).isEqualTo(9_000);
    assertThat(resources.cpusetCpus()).isEqualTo("0-1");
    assertThat(resources.cpusetMems()).isEqualTo("0");
    assertThat(resources.pidsLimit()).isEqualTo(50);
    assertThat(resources.ulimits()).containsExactly(new Ulimit("nofile", 10, 20));
    assertThat(config.security().capAdd()).containsExactly("NET_ADMIN");
    assertThat(config.security().capDrop()).containsExactly("ALL");
    assertThat(config.security().privileged()).isTrue();
    assertThat(config.security().readOnlyRootfs()).isTrue();
    assertThat(config.security().securityOpts()).containsExactly("seccomp=unconfined");
    assertThat(config.security().sysctls()).isEqualTo(Map.of("net.core.somaxconn", "5"));
    assertThat(config.shmSizeBytes()).isEqualTo(4096);
    assertThat(config.init()).isTrue();
    assertThat(config.oomScoreAdj()).isEqualTo(-5);
    assertThat(config.autoRemove()).isTrue();
    assertThat(config.namespaces().pidMode()).isEqualTo("host");
    assertThat(config.namespaces().ipcMode()).isEqualTo("private");
    assertThat(config.nameResolution().extraHosts()).containsExactly("a:1.2.3.4");
    assertThat(config.nameResolution().dnsServers()).containsExactly("8.8.8.8");
    assertThat(config.nameResolution().dnsSearch()).containsExactly("x");
    assertThat(config.nameResolution().dnsOptions()).containsExactly("ndots:1");
    assertThat(config.process().groupAdd()).containsExactly("audio");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'Memory':6291455                      | Minimum memory limit allowed is 6MB",
        "'Memory':-1                           | Minimum memory limit allowed is 6MB",
        "'MemoryReservation':5                 | Minimum memory reservation allowed is 6MB",
        "'Memory':7000000,'MemoryReservation':8000000 | less than memory reservation limit",
        "'Memory':7000000,'MemorySwap':6999999 | should be larger than memory limit",
        "'MemorySwap':7000000                  | always set the Memory limit",
        "'NanoCpus':2000000001"
            + "| Range of CPUs is from 0.01 to 2.00, as there are only 2 CPUs available",
        "'NanoCpus':-1                         | Range of CPUs is from 0.01 to 2.00",
      })
  void limitsThatMakeNoSense(String hostConfig, String message) {
    refused("{'HostConfig':{" + hostConfig + "}}", 400, message);
  }

  @Test
  void limitsThatJustMakeSense() throws ApiException, EngineException {
    var resources = host("'Memory':6291456,'MemorySwap':6291456,'NanoCpus':2000000000").resources();
    assertThat(resources.memoryBytes()).isEqualTo(6_291_456);
    assertThat(resources.nanoCpus()).isEqualTo(2_000_000_000);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'Image':5}                       | Image must be a string, not 5",
        "{'Tty':'true'}                    | Tty must be true or false, not \"true\"",
        "{'StopTimeout':'3'}               | StopTimeout must be an integer within its range, not \"3\"",
        "{'Env':'A=b'}                     | Env must be a list of strings, not \"A=b\"",
        "{'Env':[1]}                       | Env must be a list of strings, not [1]",
        "{'Cmd':{}}                        | Cmd must be a string or a list of strings, not {}",
        "{'Labels':{'a':1}}                | Labels must be an object of strings, not {\"a\":1}",
        "{'HostConfig':[]}                 | HostConfig must be an object, not []",
        "{'HostConfig':{'Memory':'7m'}}    | HostConfig.Memory must be an integer within its range, not \"7m\"",
        "{'HostConfig':{'Memory':7000000.5}} | HostConfig.Memory must be an integer",
        "{'HostConfig':{'RestartPolicy':{'MaximumRetryCount':'1'}}}"
            + "| HostConfig.RestartPolicy.MaximumRetryCount must be an integer",
        "{'HostConfig':{'Mounts':[{'ReadOnly':1}]}} | HostConfig.Mounts.ReadOnly must be true or",
        "{'HostConfig':{'PortBindings':{'80/tcp':[{'HostPort':8080}]}}}"
            + "| HostConfig.PortBindings.HostPort must be a string, not 8080",
      })
  void fieldsOfAnotherType(String body, String message) {
    refused(body, 400, "the body does not fit: " + message);
  }

  @Test
  void nullHasEveryType() throws ApiException, EngineException {
    assertThat(read("{'Env':null,'Tty':null,'HostConfig':null,'StopTimeout':null}").streams().tty())
        .isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "'', NO, 0",
    "no, NO, 0",
    "always, ALWAYS, 0",
    "unless-stopped, UNLESS_STOPPED, 0",
    "on-failure, ON_FAILURE, 4",
  })
  void restartPolicies(String name, RestartPolicy.Kind kind, int retries)
      throws ApiException, EngineException {
    assertThat(
            host("'RestartPolicy':{'Name':'" + name + "','MaximumRetryCount':4}").restartPolicy())
        .isEqualTo(new RestartPolicy(kind, retries));
  }

  @ParameterizedTest
  @CsvSource({"'', ''", "default, ''", "bridge, bridge", "host, host", "none, none"})
  void networks(String mode, String network) throws ApiException, EngineException {
    assertThat(host("'NetworkMode':'" + mode + "'").namespaces().networkMode()).isEqualTo(network);
  }

  @Test
  void aContainerWithoutNetworkingHasNone() throws ApiException, EngineException {
    assertThat(read("{'NetworkDisabled':true}").namespaces().networkMode()).isEqualTo("none");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{}                                              | ''",
        "{'80/tcp':[{'HostPort':'8080'}]}                | tcp::8080:80",
        "{'80':[{'HostPort':'8080'}]}                    | tcp::8080:80",
        "{'53/udp':[{'HostIp':'127.0.0.1','HostPort':''}]} | udp:127.0.0.1:0:53",
        "{'80/tcp':[{'HostIp':'0.0.0.0','HostPort':'0'}]}  | tcp:0.0.0.0:0:80",
        "{'80/tcp':[{'HostPort':'1'},{'HostPort':'2'}]}  | tcp::1:80,tcp::2:80",
        "{'80/sctp':[{'HostPort':'80'}]}                 | sctp::80:80",
        "{'80/tcp':[{'HostPort':'80-90'}]}               | tcp::80-90:80",
        "{'80/tcp':null,'81/tcp':[]}                     | ''",
      })
  void ports(String bindings, String ports) throws ApiException, EngineException {
    assertThat(host("'PortBindings':" + bindings).attributes())
        .containsEntry(Attributes.PORTS, ports);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'80/icmp':[{'HostPort':'80'}]}                | 400 | '80/icmp'",
        "{'80/tcp':[{'HostPort':'90-80'}]}              | 400 | no range of ports",
        "{'80/tcp':[{'HostIp':'::1','HostPort':'80'}]}  | 501 | IPv6 address ::1",
        "{'80/tcp':[{'HostPort':'x'}]}                  | 400 | 'x' is not a number",
        "{'80/tcp':[{'HostPort':'65536'}]}              | 400 | '65536' is not a number",
        "{'80/tcp':[{'HostPort':'-1'}]}                 | 400 | '-1' is no range",
        "{'x/tcp':[{'HostPort':'80'}]}                  | 400 | 'x' is not a number",
        "{'80-90/tcp':[{'HostPort':'80'}]}              | 400 | '80-90' is not a number",
        "{'70000/tcp':[{'HostPort':'80'}]}              | 400 | '70000' is not a number",
        "{'0/tcp':[{'HostPort':'80'}]}                  | 400 | '0/tcp'",
        "{'/tcp':[{'HostPort':'80'}]}                   | 400 | '/tcp'",
        "{'80/tcp/x':[{'HostPort':'80'}]}               | 400 | '80/tcp/x'",
        "{'80/tcp':[{'HostIp':'localhost','HostPort':'1'}]} | 400 | 'localhost'",
        "{'80/tcp':[{'HostIp':'1.2.3','HostPort':'1'}]} | 400 | '1.2.3'",
        "{'80/tcp':[{'HostIp':'1.2.3.4.','HostPort':'1'}]} | 400 | '1.2.3.4.'",
        "{'80/tcp':[{'HostIp':'1.2.3.256','HostPort':'1'}]} | 400 | '1.2.3.256'",
      })
  void badPorts(String bindings, int status, String message) {
    refused("{'HostConfig':{'PortBindings':" + bindings + "}}", status, message);
  }

  @Test
  void howAContainerStandsToItsHost() throws ApiException, EngineException {
    ContainerConfig config =
        host(
            "'CgroupnsMode':'private','UTSMode':'host','UsernsMode':'host','MaskedPaths':[],"
                + "'ReadonlyPaths':['/a'],'DeviceCgroupRules':['c 42:* rmw'],'Runtime':'crun',"
                + "'Annotations':{'a':'b'},'ConsoleSize':[40,80],'PidMode':'container:x',"
                + "'Devices':[{'PathOnHost':'/dev/kvm'}],'MemorySwappiness':0,"
                + "'Memory':8388608,'OomKillDisable':true,'BlkioWeight':10,"
                + "'BlkioDeviceReadBps':[{'Path':'/dev/sda','Rate':4096}],"
                + "'CpuRealtimePeriod':1000000,'CpuRealtimeRuntime':950000");

    assertThat(config.host())
        .isEqualTo(
            new HostOptions(
                "private",
                "host",
                "host",
                List.of(),
                List.of("/a"),
                List.of("c 42:* rmw"),
                Map.of("a", "b"),
                "crun",
                40,
                80));
    assertThat(config.namespaces().pidMode()).isEqualTo("container:x");
    assertThat(config.resources().devices())
        .containsExactly(new DeviceMapping("/dev/kvm", "/dev/kvm", "rwm"));
    assertThat(config.resources().memorySwappiness()).isZero();
    assertThat(config.resources().memorySwapBytes()).isEqualTo(16 << 20);
    assertThat(config.resources().oomKillDisable()).isTrue();
    assertThat(config.resources().realtimeRuntimeMicros()).isEqualTo(950_000);
    assertThat(config.resources().blockIo().weight()).isEqualTo(10);
    assertThat(config.resources().blockIo().readBps())
        .containsExactly(new BlockIo.Device("/dev/sda", 4096));
    assertThat(read("{}").host().cgroupnsMode()).isEqualTo("host");
    assertThat(read("{}").host().maskedPaths()).isNull();
  }

  @Test
  void aModeNamesAnIdRatherThanAName() {
    assertThat(NamespaceModes.resolved("container:web", _ -> "1234")).isEqualTo("container:1234");
    assertThat(NamespaceModes.resolved("host", _ -> "1234")).isEqualTo("host");
  }

  // ---- what is refused by name

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'HostConfig':{'Links':['y']}}                           | 501 | Links",
        "{'HostConfig':{'UsernsMode':'mine'}}                    | 400 | invalid USER mode: mine",
        "{'HostConfig':{'UTSMode':'container:x'}}                | 400 | invalid UTS mode",
        "{'HostConfig':{'PidMode':'container:'}}                 | 400 | invalid PID mode",
        "{'HostConfig':{'IpcMode':'mine'}}                       | 400 | invalid IPC mode: mine",
        "{'Hostname':'h','HostConfig':{'UTSMode':'host'}} | 400 | hostname and the UTS mode",
        "{'Hostname':'h','HostConfig':{'NetworkMode':'container:x'}}"
            + "| 400 | conflicting options: hostname and the network mode",
        "{'HostConfig':{'NetworkMode':'container:x','Dns':['1.1.1.1']}} | 400 | options: dns",
        "{'HostConfig':{'NetworkMode':'container:x','ExtraHosts':['a:1.1.1.1']}} | 400 | host-to-IP",
        "{'HostConfig':{'NetworkMode':'container:x','PortBindings':{'80/tcp':[{}]}}}"
            + "| 400 | port publishing and the container type",
        "{'ExposedPorts':{'80/tcp':{}},'HostConfig':{'NetworkMode':'container:x'}}"
            + "| 400 | port exposing and the container type",
        "{'HostConfig':{'StorageOpt':{'size':'1g'}}}             | 400 | only for overlay over xfs",
        "{'HostConfig':{'DeviceRequests':[{'Driver':'','Capabilities':[['gpu']]}]}}"
            + "| 400 | could not select device driver \"\" with capabilities: [[gpu]]",
        "{'HostConfig':{'DeviceCgroupRules':['c 1:3']}}          | 400 | device cgroup rule format",
        "{'HostConfig':{'Runtime':'/bin/sh'}}                    | 400 | invalid runtime name",
        "{'HostConfig':{'Annotations':{'':'x'}}}                 | 400 | the empty string",
        "{'HostConfig':{'MemorySwappiness':101}}                 | 400 | swappiness range is 0-100",
        "{'HostConfig':{'KernelMemory':1}}                       | 501 | host option KernelMemory",
        "{'HostConfig':{'LogConfig':{'Type':'splunk'}}}          | 400 | logging plugin splunk",
        "{'HostConfig':{'RestartPolicy':{'Name':'sometimes'}}}   | 400 | unknown policy 'sometimes'",
        "{'Healthcheck':{'Test':['CMD']}}                        | 400 | names no command",
        "{'Healthcheck':{'Test':['EXEC','true']}}                | 400 | probe type 'EXEC'",
        "{'Healthcheck':{'Retries':-1}}                          | 400 | Retries in Healthcheck cannot be negative",
        "{'Healthcheck':{'Timeout':999999}}                      | 400 | Timeout in Healthcheck cannot be less than 1ms",
        "{'MacAddress':'02:00:00:00:00:01'}                      | 501 | MAC address",
        "{'Healthcheck':{'Interval':1}}                          | 400 | Interval in Healthcheck cannot be less than 1ms",
        "{'NetworkingConfig':{'EndpointsConfig':{'bridge':{'Aliases':['db']}}}}"
            + "| 400 | alias is supported only",
        "{'NetworkingConfig':{'EndpointsConfig':{'bridge':{'IPAMConfig':{'IPv4Address':'1.2.3.4'}}}}}"
            + "| 400 | user defined networks only",
        "{'HostConfig':{'CgroupnsMode':'mine'}}                  | 400 | cgroup namespace mode",
        "{'HostConfig':{'Isolation':'hyperv'}}                   | 501 | Isolation 'hyperv'",
        "{'HostConfig':{'Cgroup':'x'}}                           | 501 | host option Cgroup",
        "{'HostConfig':{'LogConfig':{'Type':'json-file','Config':{'size':'1m'}}}}"
            + "| 400 | unknown log opt 'size' for json-file log driver",
        "{'Future':true}                                         | 501 | container option Future",
      })
  void whatCannotBeDoneIsRefusedByName(String body, int status, String message) {
    refused(body, status, message);
  }

  /// What `docker run --rm -p 8080:80` of Docker 28 sends.
  @Test
  void dockersCommandSendsEveryFieldAndIsTaken() throws ApiException, EngineException {
    ContainerConfig config =
        read(
            "{'Hostname':'','Domainname':'','User':'','AttachStdin':false,'AttachStdout':true,"
                + "'AttachStderr':true,'ExposedPorts':{'80/tcp':{}},'Tty':false,"
                + "'OpenStdin':false,'StdinOnce':false,'Env':null,'Cmd':null,'Image':'web:1',"
                + "'Volumes':{},'WorkingDir':'','Entrypoint':null,'OnBuild':null,'Labels':{},"
                + "'HostConfig':{'Binds':null,'ContainerIDFile':'','LogConfig':{'Type':'',"
                + "'Config':{}},'NetworkMode':'default','PortBindings':{'80/tcp':[{'HostIp':'',"
                + "'HostPort':'8080'}]},'RestartPolicy':{'Name':'no','MaximumRetryCount':0},"
                + "'AutoRemove':true,'VolumeDriver':'','VolumesFrom':null,'ConsoleSize':[40,80],"
                + "'CapAdd':null,'CapDrop':null,'CgroupnsMode':'','Dns':[],'DnsOptions':[],"
                + "'DnsSearch':[],'ExtraHosts':null,'GroupAdd':null,'IpcMode':'','Cgroup':'',"
                + "'Links':null,'OomScoreAdj':0,'PidMode':'','Privileged':false,"
                + "'PublishAllPorts':false,'ReadonlyRootfs':false,'SecurityOpt':null,'UTSMode':'',"
                + "'UsernsMode':'','ShmSize':0,'Isolation':'','CpuShares':0,'Memory':0,"
                + "'NanoCpus':0,'CgroupParent':'','BlkioWeight':0,'BlkioWeightDevice':[],"
                + "'BlkioDeviceReadBps':[],'CpuPeriod':0,'CpuQuota':0,'CpuRealtimePeriod':0,"
                + "'CpusetCpus':'','Devices':[],'DeviceCgroupRules':null,'DeviceRequests':null,"
                + "'MemoryReservation':0,'MemorySwap':0,'MemorySwappiness':-1,"
                + "'OomKillDisable':false,'PidsLimit':0,'Ulimits':[],'CpuCount':0,'CpuPercent':0,"
                + "'IOMaximumIOps':0,'IOMaximumBandwidth':0,'MaskedPaths':null,"
                + "'ReadonlyPaths':null},'NetworkingConfig':{'EndpointsConfig':{'default':{"
                + "'IPAMConfig':null,'Links':null,'Aliases':null,'MacAddress':'',"
                + "'DriverOpts':null,'GwPriority':0,'NetworkID':'','EndpointID':'','Gateway':'',"
                + "'IPAddress':'','IPPrefixLen':0,'IPv6Gateway':'','GlobalIPv6Address':'',"
                + "'GlobalIPv6PrefixLen':0,'DNSNames':null}}}}");

    assertThat(config.autoRemove()).isTrue();
    assertThat(config.attributes()).containsEntry(Attributes.PORTS, "tcp::8080:80");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'Future':null,'Other':'','More':[],'Map':{},'No':false,'Zero':0,'None':0.0}",
        "{'HostConfig':{'Devices':[],'VolumesFrom':null,'UsernsMode':'','BlkioWeight':0}}",
        "{'HostConfig':{'LogConfig':{'Type':'','Config':{}}}}",
        "{'HostConfig':{'LogConfig':{'Type':'json-file','Config':{}}}}",
        "{'Healthcheck':{'Test':['NONE']}}",
        "{'Healthcheck':{}}",
        "{'Healthcheck':null,'Volumes':null}",
        "{'Healthcheck':{'Test':null,'Interval':0},'Volumes':{}}",
        "{'HostConfig':null}",
        "{'Env':null,'Labels':null,'HostConfig':{'Binds':null,'Mounts':null,'PortBindings':null}}",
      })
  void whatSaysNothingIsNoRequest(String body) throws ApiException, EngineException {
    assertThat(read(body).process().args()).containsExactly("/entry", "serve");
  }

  // ---- names that are added to /etc/hosts

  @ParameterizedTest
  @CsvSource({
    "h:1.2.3.4, h:1.2.3.4",
    "h:host-gateway, h:host-gateway",
    "h:::1, h:::1",
    "h:[2001:db8::1], h:2001:db8::1",
    "h:::ffff:1.2.3.4, h:::ffff:1.2.3.4",
  })
  void extraHosts(String entry, String written) throws ApiException, EngineException {
    assertThat(host("'ExtraHosts':['" + entry + "']").nameResolution().extraHosts())
        .containsExactly(written);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "x                 | bad format for add-host: \"x\"",
        ":1.2.3.4          | bad format for add-host: \":1.2.3.4\"",
        "a b:1.2.3.4       | bad format for add-host",
        "a\\n6.6.6.6 b:1.2.3.4 | bad format for add-host",
        "h:notanip         | invalid IP address in add-host: \"notanip\"",
        "h:                | invalid IP address in add-host: \"\"",
        "h:1.2             | invalid IP address in add-host: \"1.2\"",
        "h:010.1.1.1       | invalid IP address in add-host",
        "h:1.2.3.4\\n6.6.6.6 b | invalid IP address in add-host",
        "h:fe80::1%eth0    | invalid IP address in add-host",
        "h:[1.2.3.4]       | invalid IP address in add-host",
        "h:1:2             | invalid IP address in add-host: \"1:2\"",
      })
  void extraHostsThatMakeNoSense(String entry, String message) {
    refused("{'HostConfig':{'ExtraHosts':['" + entry + "']}}", 400, message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'NetworkMode':'host','PortBindings':{'80/tcp':[{'HostPort':'80'}]} | true",
        "'NetworkMode':'host','PortBindings':{}                             | false",
        "'NetworkMode':'host'                                               | false",
        "'PortBindings':{'80/tcp':[{'HostPort':'80'}]}                      | false",
      })
  void publishedPortsInHostModeAreWarnedOf(String hostConfig, boolean warned)
      throws ApiException, EngineException {
    JsonNode body = json("{'HostConfig':{" + hostConfig + "}}");
    var read = ContainerRequest.read(body, IMAGE, 2, EVERYTHING, _ -> List.of(), name -> name);
    assertThat(read.warnings())
        .isEqualTo(
            warned
                ? List.of("Published ports are discarded when using host network mode")
                : List.of());
  }
}
