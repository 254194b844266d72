package swarm.cli.render;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.junit.jupiter.api.Test;
import swarm.cli.client.Json;

/// JSON is written with single quotes here.
class StatsTextTest {
  private static JsonNode json(String text) throws Exception {
    return Json.parse(text.replace('\'', '"'));
  }

  @Test
  void aTableAsDockersOwn() throws Exception {
    JsonNode sample =
        json(
            "{'id':'0123456789abcdef','name':'/web','pids_stats':{'current':3},"
                + "'cpu_stats':{'cpu_usage':{'total_usage':300},'system_cpu_usage':2000,"
                + "'online_cpus':2},"
                + "'precpu_stats':{'cpu_usage':{'total_usage':100},'system_cpu_usage':1000},"
                + "'memory_stats':{'usage':3145728,'limit':4194304,"
                + "'stats':{'inactive_file':1048576}},"
                + "'networks':{'eth0':{'rx_bytes':1500,'tx_bytes':10},'eth1':{'rx_bytes':500}},"
                + "'blkio_stats':{'io_service_bytes_recursive':["
                + "{'op':'Read','value':1000},{'op':'Write','value':5},{'op':'Sync','value':9}]}}");

    assertThat(
            StatsText.listing(List.of(new StatsText.Sample("web", sample)), true).render("", false))
        .isEqualTo(
            """
            CONTAINER ID   NAME      CPU %     MEM USAGE / LIMIT   MEM %     NET I/O     BLOCK I/O   PIDS
            0123456789ab   web       40.00%    2MiB / 4MiB         50.00%    2kB / 10B   1kB / 5B    3
            """);
  }

  @Test
  void oneThatDoesNotRunUsesNothing() throws Exception {
    JsonNode sample = json("{'id':'0123456789abcdef','name':'/web','memory_stats':{}}");

    assertThat(
            StatsText.listing(List.of(new StatsText.Sample("web", sample)), true)
                .render("{{.CPUPerc}} {{.MemUsage}} {{.MemPerc}} {{.PIDs}}", false))
        .isEqualTo("0.00% 0B / 0B 0.00% 0\n");
  }

  @Test
  void processesInColumnsOfTwentyCharacters() throws Exception {
    JsonNode top =
        json("{'Titles':['PID','CMD'],'Processes':[['1','sh'],['12345678901234567890','x y']]}");

    assertThat(ProcessText.of(top))
        .isEqualTo(
            """
            PID                    CMD
            1                      sh
            12345678901234567890   x y
            """);
  }

  @Test
  void publishedPorts() throws Exception {
    JsonNode ports =
        json(
            "{'80/tcp':[{'HostIp':'0.0.0.0','HostPort':'8080'},{'HostIp':'::','HostPort':'8080'}],"
                + "'53/udp':[{'HostIp':'10.0.0.1','HostPort':'53'}],'9/tcp':null}");

    assertThat(PortText.published(ports))
        .isEqualTo(
            """
            53/udp -> 10.0.0.1:53
            80/tcp -> 0.0.0.0:8080
            80/tcp -> [::]:8080
            """);
    assertThat(PortText.published(ports, "80/tcp")).isEqualTo("0.0.0.0:8080\n[::]:8080\n");
    assertThat(PortText.published(ports, "81/tcp")).isEmpty();
  }
}
