// The app behind Go's server: answers with what it was asked, and prints one line of JSON for each request.
package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"sync"
)

// JSON holds text: one character for each byte.
func latin1(text string) string {
	runes := make([]rune, len(text))
	for i := 0; i < len(text); i++ {
		runes[i] = rune(text[i])
	}
	return string(runes)
}

func main() {
	var lock sync.Mutex
	handler := func(response http.ResponseWriter, request *http.Request) {
		body, err := io.ReadAll(request.Body)
		if err != nil {
			return
		}
		headers := [][2]string{}
		for name, values := range request.Header {
			for _, value := range values {
				headers = append(headers, [2]string{name, latin1(value)})
			}
		}
		line, _ := json.Marshal(map[string]any{
			"method": request.Method, "target": latin1(request.RequestURI), "headers": headers, "body": len(body),
		})
		lock.Lock()
		fmt.Println(string(line))
		lock.Unlock()
		fmt.Fprintf(response, "%s %s\n", request.Method, request.RequestURI)
	}
	// no ServeMux, which would redirect to a cleaned path
	if err := http.ListenAndServe("127.0.0.1:"+os.Args[1], http.HandlerFunc(handler)); err != nil {
		panic(err)
	}
}
