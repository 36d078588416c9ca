package lro_test

import (
	"encoding/json"
	"testing"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/protobuf/encoding/protojson"

	"github.com/awaitop/awaitop/lro"
)

// BenchmarkParseOperation compares reading an operation with what a few lines of
// one's own would do: the metric x-json is the ratio of the two times.
func BenchmarkParseOperation(b *testing.B) {
	for _, row := range []struct{ name, body string }{
		{"running", `{"name":"projects/p/instances/i/operations/o","metadata":{"@type":"type.googleapis.com/google.spanner.admin.database.v1.CreateBackupMetadata","name":"projects/p/instances/i/backups/b","progress":{"progressPercent":40,"startTime":"2026-01-02T03:04:05Z"}}}`},
		{"succeeded", `{"name":"projects/p/instances/i/operations/o","done":true,"response":{"@type":"type.googleapis.com/google.spanner.admin.instance.v1.Instance","name":"projects/p/instances/i","nodeCount":3,"state":"READY"}}`},
		{"failed", `{"name":"projects/p/instances/i/operations/o","done":true,"error":{"code":9,"message":"no","details":[{"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"QUOTA","domain":"spanner.googleapis.com"}]}}`},
	} {
		body := []byte(row.body)
		b.Run(row.name, func(b *testing.B) {
			compare(b, "x-json", func() error {
				_, err := lro.ParseOperation(body)
				return err
			}, func() error {
				var op struct {
					Name     string          `json:"name"`
					Done     bool            `json:"done"`
					Metadata json.RawMessage `json:"metadata"`
					Response json.RawMessage `json:"response"`
					Error    *struct {
						Code    int               `json:"code"`
						Message string            `json:"message"`
						Details []json.RawMessage `json:"details"`
					} `json:"error"`
				}
				return json.Unmarshal(body, &op)
			})
		})
	}
}

// BenchmarkDecode compares it with the decoders that it stands before, given the
// message without its type.
func BenchmarkDecode(b *testing.B) {
	raw := json.RawMessage(`{"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"QUOTA","domain":"spanner.googleapis.com"}`)
	bare := []byte(`{"reason":"QUOTA","domain":"spanner.googleapis.com"}`)
	type info struct {
		Reason string `json:"reason"`
		Domain string `json:"domain"`
	}
	b.Run("struct", func(b *testing.B) {
		compare(b, "x-json", func() error {
			_, err := lro.Decode[info](raw)
			return err
		}, func() error { return json.Unmarshal(bare, &info{}) })
	})
	b.Run("proto", func(b *testing.B) {
		compare(b, "x-protojson", func() error {
			_, err := lro.Decode[*errdetails.ErrorInfo](raw)
			return err
		}, func() error { return protojson.Unmarshal(bare, &errdetails.ErrorInfo{}) })
	})
}

// compare runs both in turns and reports the ratio of their times.
func compare(b *testing.B, metric string, ours, theirs func() error) {
	b.ReportAllocs()
	var spent [2]time.Duration
	for b.Loop() {
		for i, run := range []func() error{ours, theirs} {
			began := time.Now()
			if err := run(); err != nil {
				b.Fatal(err)
			}
			spent[i] += time.Since(began)
		}
	}
	b.ReportMetric(float64(spent[0])/float64(spent[1]), metric)
}
