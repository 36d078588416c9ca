package rest_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"golang.org/x/oauth2"
	"google.golang.org/api/googleapi"
	"google.golang.org/api/spanner/v1"

	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/services/rest"
)

// planted is the token that the client sends in these tests.
const planted = "ya29.Planted/Token+0123456789="

// echo answers each connection's request with what reply makes of the token it came with.
func echo(t *testing.T, reply func(token string) string) (endpoint string) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			connection, err := listener.Accept()
			if err != nil {
				return
			}
			go func() {
				defer func() { _ = connection.Close() }()
				request, err := http.ReadRequest(bufio.NewReader(connection))
				if err != nil {
					return
				}
				_, token, _ := strings.Cut(request.Header.Get("Authorization"), " ")
				_, _ = fmt.Fprint(connection, reply(token))
			}()
		}
	}()
	return "http://" + listener.Addr().String()
}

// raw is an HTTP reply as it is on the wire.
func raw(status string, header, body string) string {
	return fmt.Sprintf("HTTP/1.1 %s\r\nContent-Length: %d\r\n%s\r\n%s", status, len(body), header, body)
}

// TestTokenIsTakenOut has a service repeat the worker's token wherever a reply has
// text. Nothing that leaves the client may have it.
func TestTokenIsTakenOut(t *testing.T) {
	t.Parallel()
	const plain = "Content-Type: text/plain\r\n"
	const isJSON = "Content-Type: application/json\r\n"
	for name, reply := range map[string]func(token string) string{
		"message": func(token string) string {
			return raw("403 Forbidden", isJSON, `{"error":{"code":403,"status":"PERMISSION_DENIED","message":"bad token `+token+`"}}`)
		},
		"mixed escapes": func(token string) string {
			return raw("403 Forbidden", isJSON, `{"error":{"code":403,"status":"PERMISSION_DENIED","message":"`+strings.NewReplacer("=", `\u003D`, "/", `\/`, "+", `\u002B`, ".", `\u002e`).Replace(token)+`"}}`)
		},
		"every character escaped": func(token string) string {
			text := ""
			for _, c := range token {
				text += fmt.Sprintf(`\u%04x`, c)
			}
			return raw("200 OK", isJSON, `{"name":"`+operationName+`","metadata":{"t":"`+text+`"}}`)
		},
		"URL, small letters": func(token string) string {
			return raw("302 Found", "Location: https://x.example/?t="+strings.ToLower(url.QueryEscape(token))+"\r\n", "")
		},
		"HTML entities": func(token string) string {
			return raw("502 Bad Gateway", plain, strings.NewReplacer("=", "&#61;", "/", "&#x2F;").Replace(token))
		},
		"upper case": func(token string) string { return raw("502 Bad Gateway", plain, strings.ToUpper(token)) },
		"escaped message": func(token string) string {
			return raw("403 Forbidden", isJSON, `{"error":{"code":403,"status":"PERMISSION_DENIED","message":"`+strings.ReplaceAll(token, "=", `\u003d`)+`"}}`)
		},
		"detail": func(token string) string {
			return raw("403 Forbidden", isJSON, `{"error":{"code":403,"status":"PERMISSION_DENIED","details":[{"@type":"x","t":"`+token+`"}]}}`)
		},
		"page":          func(token string) string { return raw("502 Bad Gateway", plain, token) },
		"content type":  func(token string) string { return raw("502 Bad Gateway", "Content-Type: text/"+token+"\r\n", "x") },
		"reason phrase": func(token string) string { return raw("502 "+token, plain, "x") },
		"redirect":      func(token string) string { return raw("302 Found", "Location: https://"+token+".example/\r\n", "") },
		"redirect in a URL": func(token string) string {
			return raw("302 Found", "Location: https://"+url.QueryEscape(token)+".example/\r\n", "")
		},
		"malformed header": func(token string) string { return "HTTP/1.1 200 OK\r\nno colon, but " + token + "\r\n\r\n" },
		"malformed status": func(token string) string { return "HTTP/1.1 " + token + "\r\n\r\n" },
		"no HTTP":          func(token string) string { return token + "\r\n\r\n" },
		"name": func(token string) string {
			return raw("200 OK", isJSON, `{"name":"projects/p/instances/i/operations/`+token+`"}`)
		},
		"metadata": func(token string) string {
			return raw("200 OK", isJSON, `{"name":"`+operationName+`","metadata":{"t":"`+token+`"}}`)
		},
		"response": func(token string) string {
			return raw("200 OK", isJSON, `{"name":"`+operationName+`","done":true,"response":{"t":"`+token+`"}}`)
		},
		"operation's error": func(token string) string {
			return raw("200 OK", isJSON, `{"name":"`+operationName+`","done":true,"error":{"code":9,"message":"`+token+`"}}`)
		},
		"foreign field": func(token string) string { return raw("200 OK", isJSON, `{"`+token+`":1}`) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client, err := rest.New(t.Context(), rest.Options{
				Services:    []rest.Service{{Name: lro.SpannerService, Endpoint: echo(t, reply)}},
				Credentials: fromSource(oauth2.StaticTokenSource(&oauth2.Token{AccessToken: planted})),
			})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = client.Close() })
			op, err := client.GetOperation(t.Context(), operationRef)
			wantNoToken(t, "GetOperation", op, err)
			generated, err := generatedRead(t, client)
			wantNoToken(t, "a generated client", generated, err)
		})
	}
}

// generatedRead reads the operation by a generated client, as starters read theirs.
func generatedRead(t *testing.T, client *rest.Client) (op *spanner.Operation, err error) {
	t.Helper()
	options, err := client.Generated(lro.SpannerService)
	if err != nil {
		t.Fatal(err)
	}
	api, err := spanner.NewService(t.Context(), options...)
	if err != nil {
		t.Fatal(err)
	}
	err = client.Call(t.Context(), lro.SpannerService, "GetOperation", func(ctx context.Context, options ...googleapi.CallOption) error {
		op, err = api.Projects.Instances.Operations.Get(operationName).Context(ctx).Do(options...)
		return err
	})
	return op, err
}

// TestSecretCharacters are the forms that a character of a secret is found in.
func TestSecretCharacters(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		text  string
		c     byte
		width int
	}{
		"itself": {"a", 'a', 1}, "percent": {"%2f", '/', 3}, "percent alone": {"%", '%', 1}, "percent, no number": {"%zz", '%', 1},
		"unicode": {`\u002Bx`, '+', 6}, "unicode cut": {`\u00`, '\\', 1}, "no ASCII": {`\u00e9`, '\\', 1}, "slash": {`\/`, '/', 2}, "backslash": {`\n`, '\\', 1},
		"entity": {"&#47;", '/', 5}, "hex entity": {"&#x2F;", '/', 6}, "no entity": {"&amp;", '&', 1}, "empty entity": {"&#;", '&', 1}, "long entity": {"&#00000000000047;", '&', 1},
		"empty": {"", 0, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if c, width := rest.Character([]byte(tt.text)); c != tt.c || width != tt.width {
				t.Errorf("%q: %q, %d bytes, want %q, %d", tt.text, c, width, tt.c, tt.width)
			}
		})
	}
}

// wantNoToken searches a result and all that an error can say.
func wantNoToken(t *testing.T, who string, result any, err error) {
	t.Helper()
	encoded, _ := json.Marshal(result)
	texts := []string{string(encoded)}
	var failed *lro.Error
	if errors.As(err, &failed) {
		status, _ := json.Marshal(failed.Status)
		texts = append(texts, string(status))
	}
	for ; err != nil; err = errors.Unwrap(err) {
		texts = append(texts, err.Error(), fmt.Sprintf("%+v", err))
	}
	for _, text := range texts {
		for _, part := range []string{"Planted", "planted", "PLANTED", "0123456789"} {
			if strings.Contains(text, part) {
				t.Errorf("%s tells the token: %s", who, text)
			}
		}
		if strings.Contains(text, "no colon") {
			t.Errorf("%s quotes a malformed header: %s", who, text)
		}
	}
}
