/* A program in the place of ours: writes down how it was called, and ends well. */
#include <stdio.h>
#include <windows.h>

int WINAPI wWinMain(HINSTANCE own, HINSTANCE former, PWSTR words, int show)
{
    wchar_t calls[MAX_PATH], name[MAX_PATH];
    FILE *file;
    (void)own, (void)former, (void)show;
    ExpandEnvironmentStringsW(L"%PUBLIC%\\twinreel-calls.txt", calls, MAX_PATH);
    GetModuleFileNameW(NULL, name, MAX_PATH);
    file = _wfopen(calls, L"ab");
    if (!file)
        return 1;
    fprintf(file, "%ls %ls\n", wcsrchr(name, L'\\') + 1, words);
    return fclose(file) != 0;
}
