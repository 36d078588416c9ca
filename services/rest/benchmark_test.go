package rest_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"
)

// BenchmarkGetOperation compares a GetOperation with the least anybody could
// do: the same body from the same server by net/http and encoding/json. The
// metric x-raw is the ratio of the two times.
func BenchmarkGetOperation(b *testing.B) {
	for _, size := range []int{1 << 10, 64 << 10, 3 << 20} {
		body := fmt.Sprintf(`{"name":%q,"metadata":{"@type":"t","x":%q},"done":true,"response":{"@type":"t"}}`, operationName, strings.Repeat("y", size))
		b.Run(fmt.Sprintf("%dKiB", size>>10), func(b *testing.B) { compareWithRaw(b, body) })
	}
}

func compareWithRaw(b *testing.B, body string) {
	s := serve(b, answer(200, body))
	client := s.client(b)
	plain := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 100}}
	b.Cleanup(plain.CloseIdleConnections)
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	var ours, raw time.Duration
	for b.Loop() {
		start := time.Now()
		if _, err := client.GetOperation(b.Context(), operationRef); err != nil {
			b.Fatal(err)
		}
		middle := time.Now()
		if err := getRaw(plain, s.url+"/v1/"+operationName); err != nil {
			b.Fatal(err)
		}
		ours += middle.Sub(start)
		raw += time.Since(middle)
	}
	b.ReportMetric(float64(ours)/float64(raw), "x-raw")
	b.ReportMetric(float64(ours.Nanoseconds())/float64(b.N), "client-ns/op")
}

// getRaw reads an operation the way a few lines of one's own would.
func getRaw(client *http.Client, url string) error {
	response, err := client.Get(url)
	if err != nil {
		return err
	}
	defer func() { _ = response.Body.Close() }()
	var op struct {
		Name     string          `json:"name"`
		Done     bool            `json:"done"`
		Metadata json.RawMessage `json:"metadata"`
		Error    json.RawMessage `json:"error"`
		Response json.RawMessage `json:"response"`
	}
	return json.NewDecoder(response.Body).Decode(&op)
}
