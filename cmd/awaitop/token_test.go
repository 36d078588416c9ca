package main_test

import (
	"bufio"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/workflows"
)

// planted is the token that the worker and the CLI send.
const planted = "ya29.Planted/Token+0123456789="

// repeaters are replies that repeat the token wherever a reply has text, by kind. The service answers reads of an
// operation of the instance KIND with the replies of that kind.
var repeaters = map[string]func(token string) string{
	"message": refusal(403, "PERMISSION_DENIED", "message"),
	"pending": refusal(503, "UNAVAILABLE", "message"),
	"detail":  refusal(503, "UNAVAILABLE", "detail"),
	"metadata": wholeReply("200 OK", "application/json", func(token string) string {
		return `{"metadata":{"@type":"type.googleapis.com/` + token + `","note":"` + token + `","progressPercent":40}}`
	}),
	"response": wholeReply("200 OK", "application/json", func(token string) string {
		return `{"done":true,"response":{"@type":"x","note":"` + token + `"}}`
	}),
	"failed": wholeReply("200 OK", "application/json", func(token string) string {
		return `{"done":true,"error":{"code":9,"message":"` + token + `","details":[{"@type":"x","note":"` + token + `"}]}}`
	}),
	"foreign": wholeReply("200 OK", "application/json", func(token string) string { return `{"` + token + `":1}` }),
	"page":    wholeReply("502 Bad Gateway", "text/plain", func(token string) string { return token }),
	"type": func(token string) string {
		return wholeReply("502 Bad Gateway", "text/"+token, func(string) string { return "x" })(token)
	},
	"reason": func(token string) string {
		return wholeReply("502 "+token, "text/plain", func(string) string { return "x" })(token)
	},
	"redirect": func(token string) string {
		return "HTTP/1.1 302 Found\r\nLocation: https://" + token + ".example/\r\nContent-Length: 0\r\n\r\n"
	},
	"header": func(token string) string { return "HTTP/1.1 200 OK\r\nno colon, but " + token + "\r\n\r\n" },
	"status": func(token string) string { return "HTTP/1.1 " + token + "\r\n\r\n" },
}

func wholeReply(status, contentType string, body func(token string) string) func(string) string {
	return func(token string) string {
		text := body(token)
		return fmt.Sprintf("HTTP/1.1 %s\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n%s", status, contentType, len(text), text)
	}
}

// refusal is an error reply with the token in its message or in a detail.
func refusal(code int, status, where string) func(string) string {
	return wholeReply(fmt.Sprintf("%d X", code), "application/json", func(token string) string {
		message, note := "no", "none"
		if where == "message" {
			message = "no: " + token
		} else {
			note = token
		}
		return fmt.Sprintf(`{"error":{"code":%d,"status":%q,"message":%q,"details":[{"@type":"x","note":%q}]}}`, code, status, message, note)
	})
}

// repeat serves the repeaters, and counts requests by kind.
func repeat(t *testing.T) (endpoint string, reads func(kind string) int) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	var mu sync.Mutex
	counts := map[string]int{}
	answer := func(connection net.Conn) {
		defer func() { _ = connection.Close() }()
		request, err := http.ReadRequest(bufio.NewReader(connection))
		if err != nil {
			return
		}
		kind := strings.Split(request.URL.Path, "/")[5] // "", v1, projects, p, instances, KIND
		token := strings.TrimPrefix(request.Header.Get("Authorization"), "Bearer ")
		if token != planted {
			t.Errorf("the token sent is %q", token)
		}
		_, _ = fmt.Fprint(connection, repeaters[kind](token))
		mu.Lock()
		defer mu.Unlock()
		counts[kind]++
	}
	go func() {
		for {
			connection, err := listener.Accept()
			if err != nil {
				return
			}
			go answer(connection)
		}
	}()
	return "http://" + listener.Addr().String(), func(kind string) int {
		mu.Lock()
		defer mu.Unlock()
		return counts[kind]
	}
}

// serviceAccount writes the credentials file of a service account whose token is the planted one.
func serviceAccount(t *testing.T) (file string) {
	t.Helper()
	issuer := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = fmt.Fprintf(w, `{"access_token":%q,"token_type":"Bearer","expires_in":3600}`, planted)
	}))
	t.Cleanup(issuer.Close)
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	encoded, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	account, err := json.Marshal(map[string]string{
		"type": "service_account", "client_email": "worker@p.iam.gserviceaccount.com", "private_key_id": "1",
		"private_key": string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: encoded})),
		"token_uri":   issuer.URL, "project_id": "p", "universe_domain": "googleapis.com",
	})
	if err != nil {
		t.Fatal(err)
	}
	file = filepath.Join(t.TempDir(), "account.json")
	if err := os.WriteFile(file, account, 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// search counts the texts that the test has searched for the token, by place.
type search struct {
	t        *testing.T
	redacted map[string]bool // the places that repeat what the service said
}

// in searches a text for any part of the token, also in the letter cases of hosts.
func (s *search) in(place, text string) {
	s.t.Helper()
	for _, part := range []string{"planted/token", "planted%2f", "ya29.planted", "0123456789"} {
		if at := strings.Index(strings.ToLower(text), part); at >= 0 {
			s.t.Errorf("the %s tells the token: %q", place, text[max(0, at-100):min(len(text), at+60)])
			break
		}
	}
	if strings.Contains(text, "no colon") {
		s.t.Errorf("the %s quotes a malformed header", place)
	}
	if strings.Contains(text, "REDACTED") {
		s.redacted[place] = true
	}
}

// TestTokenIsToldNowhere plants a token in the binary's credentials. A service repeats it wherever a reply has text. No log,
// span, metric or payload of the worker has it, and no output of the CLI.
func TestTokenIsToldNowhere(t *testing.T) {
	t.Parallel()
	endpoint, reads := repeat(t)
	environment := []string{"TEMPORAL_ADDRESS=" + dev.Address(), "GOOGLE_APPLICATION_CREDENTIALS=" + serviceAccount(t)}
	s := &site{t: t, queue: t.Name(), client: dial(t)}
	file := filepath.Join(t.TempDir(), "awaitop.yaml")
	config := fmt.Sprintf("taskQueue: %s\nlisten: 127.0.0.1:0\nlog: {level: debug}\nservices:\n  - name: %s\n    endpoint: %s\n", s.queue, lro.SpannerService, endpoint)
	if err := os.WriteFile(file, []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	w := startIn(t, append(environment, "OTEL_TRACES_EXPORTER=console"), "worker", "--config", file)
	w.until(t, "msg=serving taskQueue")

	found := &search{t: t, redacted: map[string]bool{}}
	ids := map[string]string{} // of workflows, to their kind
	for kind := range repeaters {
		// Held ones show in heartbeats, yielded ones in the failure of their last attempt.
		for way, yield := range map[string]time.Duration{"held": time.Hour, "yielded": time.Second} {
			policy := lro.PollPolicy{InitialInterval: time.Second, MaximumInterval: 2 * time.Second, YieldInterval: yield}
			ref := lro.Ref{Service: lro.SpannerService, Name: fmt.Sprintf("projects/p/instances/%s/operations/%s", kind, way)}
			ids[s.await(ref, workflows.AwaitOptions{Policy: policy, Timeout: 20 * time.Second})] = kind
		}
	}
	for kind := range repeaters {
		eventually(t, func() error {
			if reads(kind) < 2 {
				return fmt.Errorf("%s was read %d times", kind, reads(kind))
			}
			return nil
		})
	}
	for id := range ids {
		s.searchPending(found, id)
	}
	for kind := range repeaters {
		name := fmt.Sprintf("projects/p/instances/%s/operations/held", kind)
		for _, format := range []string{"text", "json"} {
			p := startIn(t, environment, "operations", "get", name, "--endpoint", endpoint, "-o", format).wait(t)
			found.in("CLI", p.out.String()+p.err.String())
		}
		p := startIn(t, environment, "describe", "//"+lro.SpannerService+"/"+name).wait(t)
		found.in("CLI's describe", p.out.String()+p.err.String())
	}
	for id, kind := range ids {
		s.searchEnd(found, id, kind)
	}
	_, metrics := w.page(t, "/metrics")
	found.in("metrics", metrics)
	if metric(metrics, "awaitop_polls_total", nil) == 0 {
		t.Error("no polls among the metrics")
	}
	if err := w.command.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	w.wait(t)
	found.in("log", w.err.String())
	found.in("spans", w.out.String())
	// What repeats the service's text has it without the token: the search can find it.
	for _, place := range []string{"CLI", "CLI's describe", "pending activity", "failure", "history", "spans"} {
		if !found.redacted[place] {
			t.Errorf("the %s repeats nothing of the service's: no search", place)
		}
	}
}

// searchPending searches the pending activities of a workflow: their heartbeats and the failures of their last attempts.
func (s *site) searchPending(found *search, id string) {
	s.t.Helper()
	described, err := s.client.DescribeWorkflowExecution(s.t.Context(), id, "")
	if err != nil {
		s.t.Fatal(err)
	}
	raw, err := proto.Marshal(described)
	if err != nil {
		s.t.Fatal(err)
	}
	found.in("pending activity", string(raw)) // payloads as they are
}

// searchEnd searches the failure or result of a wait, and all of its history.
func (s *site) searchEnd(found *search, id, kind string) {
	s.t.Helper()
	var outcome lro.Outcome
	err := s.client.GetWorkflow(s.t.Context(), id, "").Get(s.t.Context(), &outcome)
	failure, failed := lro.AsFailure(err)
	if err != nil && !failed {
		s.t.Errorf("a wait for %s ended with %v", kind, err)
	}
	text, _ := json.Marshal([]any{outcome, failure})
	found.in("failure", fmt.Sprintf("%v %+v %s", err, failure, text))
	for history := s.client.GetWorkflowHistory(s.t.Context(), id, "", false, 0); history.HasNext(); {
		event, err := history.Next()
		if err != nil {
			s.t.Fatal(err)
		}
		raw, err := proto.Marshal(event)
		if err != nil {
			s.t.Fatal(err)
		}
		found.in("history", string(raw)) // payloads as they are, where JSON has base64
	}
}
