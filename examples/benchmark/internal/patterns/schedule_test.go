package patterns

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestInterval(t *testing.T) {
	t.Parallel()
	rows := map[string]struct {
		schedule Schedule
		want     []time.Duration
	}{
		"geometric":     {Schedule{Initial: time.Second, Coefficient: 2, Maximum: 5 * time.Second}, []time.Duration{1e9, 2e9, 4e9, 5e9, 5e9}},
		"fixed":         {Schedule{Initial: time.Second, Coefficient: 1, Maximum: time.Minute}, []time.Duration{1e9, 1e9, 1e9, 1e9, 1e9}},
		"google-cloud":  {googleCloudGo, []time.Duration{1e9, 2e9, 4e9, 8e9, 16e9}},
		"maximum alone": {Schedule{Initial: time.Minute, Coefficient: 1.25, Maximum: time.Minute}, []time.Duration{60e9, 60e9, 60e9, 60e9, 60e9}},
	}
	for name, row := range rows {
		var got []time.Duration
		for read := range row.want {
			got = append(got, row.schedule.Interval(read))
		}
		if diff := cmp.Diff(row.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	if got := rows["geometric"].schedule.Interval(1 << 40); got != 5*time.Second {
		t.Errorf("the interval after very many reads is %v", got)
	}
}

// Full jitter takes any part of the interval.
func TestFloorPause(t *testing.T) {
	t.Parallel()
	jittered := Schedule{GoogleCloudGo: true}
	var least, most time.Duration = time.Hour, 0
	for range 1000 {
		pause := jittered.floorPause(3)
		least, most = min(least, pause), max(most, pause)
	}
	if least <= 0 || least > time.Second || most > 8*time.Second || most < 7*time.Second {
		t.Errorf("pauses from %v to %v, want any part of 8 s", least, most)
	}
	common := Schedule{Initial: time.Second, Coefficient: 2, Maximum: 5 * time.Second}
	if got := common.floorPause(1); got != 2*time.Second {
		t.Errorf("a pause of %v, want the common schedule's 2 s", got)
	}
}

// Each pattern can be found, and is a workflow or a function.
func TestAll(t *testing.T) {
	t.Parallel()
	for _, name := range Names() {
		p, found := Find(name)
		if !found || p.Name != name || p.Follows == "" || p.PerWorkflow < 1 {
			t.Errorf("%s: found: %t, %+v", name, found, p)
		}
		if isWorkflow := p.Workflow != "" && p.Input != nil; isWorkflow == (p.Wait != nil) {
			t.Errorf("%s is neither a workflow nor a function, or both", name)
		}
	}
	if p, found := Find("nonsense"); found {
		t.Errorf("found %s", p.Name)
	}
}
