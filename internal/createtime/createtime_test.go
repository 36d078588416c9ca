package createtime

import (
	"testing"
	"time"
)

func TestOf(t *testing.T) {
	t.Parallel()
	rows := []struct {
		reason   string
		resource string
		want     time.Time
	}{
		{"a resource", `{"name":"t","createTime":"2026-01-02T03:04:05.000000006Z"}`, time.Date(2026, 1, 2, 3, 4, 5, 6, time.UTC)},
		{"it does not say", `{"name":"t"}`, time.Time{}},
		{"it is no time", `{"createTime":"yesterday"}`, time.Time{}},
		{"it is no object", `[1]`, time.Time{}},
		{"there is no resource", ``, time.Time{}},
	}
	for _, row := range rows {
		t.Run(row.reason, func(t *testing.T) {
			t.Parallel()
			if got := Of([]byte(row.resource)); !got.Equal(row.want) {
				t.Errorf("got %v, want %v", got, row.want)
			}
		})
	}
}
